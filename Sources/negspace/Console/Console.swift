import Foundation

/// The two streams: results on standard output, everything else on standard error.
enum Console {
  static func result(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  static func message(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  /// Text without a line's end, for what is drawn over.
  static func draw(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// Whether somebody watches standard error.
  static var isTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

  /// A machine-readable result: JSON with sorted keys.
  static func result(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    result(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
