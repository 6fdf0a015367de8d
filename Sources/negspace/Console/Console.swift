import Foundation

/// The two streams: results on standard output, everything else on standard error.
enum Console {
  static func result(_ text: String) { write(text + "\n", to: .standardOutput) }

  /// Writes a message to standard error, with the library's fields as the command line spells them.
  static func message(_ text: String) { write(OptionSpelling.spelled(text) + "\n", to: .standardError) }

  /// Text without a line's end, for what is drawn over.
  static func draw(_ text: String) { write(text, to: .standardError) }

  /// Whether somebody watches standard error.
  static var isTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

  /// A machine-readable result: JSON with sorted keys.
  static func result(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    result(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// A stream that nobody reads is no reason to stop.
  private static func write(_ text: String, to stream: FileHandle) { try? stream.write(contentsOf: Data(text.utf8)) }
}
