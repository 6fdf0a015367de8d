/// This program's version, as it stands in the files it writes.
public enum ProgramVersion {
  /// Major, minor, patch.
  public static let current = "0.1.0"
}
