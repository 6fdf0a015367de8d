package import Foundation
import NegativeSpaceFiles
import NegativeSpacePipelines

/// Files of results, written whole or not at all.
package enum ResultFile {
  /// - Throws: `ModelError.unwritable`.
  package static func write(_ data: Data, to path: String) throws {
    do {
      try OutputFile.write(data, to: path)
    } catch FileError.unwritable(_, let reason) {
      throw ModelError.unwritable(path: path, reason: reason)
    }
  }

  /// - Throws: `ModelError.unwritable`.
  package static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  /// JSON with sorted keys.
  ///
  /// - Throws: `EncodingError` of a number that is not finite.
  package static func json(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// A line of comma-separated values (RFC 4180).
  ///
  /// - Parameter isNeutral: whether texts that a spreadsheet would take for formulas, of prompts and names that others
  ///   wrote, get a ' before them, as OWASP advises.
  package static func line(_ fields: [String], isNeutral: Bool = true) -> String {
    fields.map { field in
      let isFormula = field.first.map { "=+-@\t\r".contains($0) } == true && Double(field) == nil
      let field = isNeutral && isFormula ? "'" + field : field
      let isPlain = !field.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      return isPlain ? field : "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }.joined(separator: ",") + "\r\n"
  }
}
