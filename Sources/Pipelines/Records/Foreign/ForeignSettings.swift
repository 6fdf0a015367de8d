package import NegativeSpaceMedia

/// What another program wrote into a picture about how it made it.
public struct ForeignSettings: Sendable, Hashable {
  /// A program whose settings are read.
  public enum Program: String, Sendable, Codable {
    /// The web UI of that name, and the many programs that write as it does.
    case a1111 = "A1111"
    case comfyUI = "ComfyUI"
  }

  /// One setting, by A1111's name for it.
  public struct Field: Sendable, Hashable {
    /// `Steps`.
    public let name: String
    /// `20`.
    public let value: String
  }

  /// Who wrote them.
  public let program: Program
  /// What was to be seen.
  public internal(set) var prompt = ""
  /// What was to be avoided.
  public internal(set) var negativePrompt = ""
  /// The settings in the order in which they stand there.
  public internal(set) var fields: [Field] = []
  /// What the file says of the making that is no setting, such as a node that no name is known for.
  public internal(set) var remarks: [String] = []

  init(_ program: Program) { self.program = program }

  /// The settings among a file's texts; nil where there are none that can be read.
  package init?(_ texts: ContainerMetadata) {
    if let parameters = texts.parameters, let settings = Self(infotext: parameters) {
      self = settings
    } else if let graph = texts.texts["prompt"], let settings = Self(graph: graph) {
      self = settings
    } else {
      return nil
    }
  }

  /// The value of a setting.
  public subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  mutating func add(_ name: String, _ value: String?) {
    if let value, !value.isEmpty { fields.append(Field(name: name, value: value)) }
  }
}
