/// A type with the values of a configuration, which `ConfigFile.decode` makes.
package protocol ReadableConfiguration {
  /// The class whose configuration it is, as diffusers or transformers name it, for messages.
  static var owner: String { get }

  /// - Throws: `ConfigurationError`.
  init(_ config: ConfigFile) throws
}

extension ConfigFile {
  /// The object as a configuration type.
  ///
  /// - Throws: `ConfigurationError`, with the file and what the type said.
  package func decode<Value: ReadableConfiguration>(_ type: Value.Type = Value.self) throws -> Value {
    do {
      return try Value(ConfigFile(file: file, fields: fields, path: path, owner: Value.owner))
    } catch let error as ConfigurationError {
      throw error.located(in: self)
    } catch {
      throw ConfigurationError.refused(file: file, reason: "\(error)")
    }
  }
}
