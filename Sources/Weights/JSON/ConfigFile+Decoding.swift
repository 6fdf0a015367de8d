import Foundation

extension ConfigFile {
  /// The object as a configuration type; infinite and NaN numbers reach it as such.
  ///
  /// - Throws: `ConfigError`, with the file and what the type said.
  package func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return try decoder.decode(type, from: Data(JSONValue.object(fields).text(quotingNonFinite: true).utf8))
    } catch DecodingError.keyNotFound(let key, let context) {
      throw ConfigError.missingKey(file: file, key: Self.path(context.codingPath + [key]))
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
      throw refused(context)
    } catch DecodingError.dataCorrupted(let context) {
      // A configuration's own error is worth more than the decoder's wrapping of it.
      throw context.underlyingError.map { ConfigError.refused(file: file, reason: "\($0)") } ?? refused(context)
    } catch {
      throw ConfigError.refused(file: file, reason: "\(error)")
    }
  }

  private func refused(_ context: DecodingError.Context) -> ConfigError {
    let path = Self.path(context.codingPath)
    return .refused(file: file, reason: (path.isEmpty ? "" : "\"\(path)\": ") + context.debugDescription)
  }

  private static func path(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }
}
