import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceMedia
import NegativeSpaceTensors
import NegativeSpaceWeights

/// A picture that carries an embedding, as A1111's web UI shares them: JSON in a text of the PNG, or in strips at its
/// sides.
enum EmbeddingPicture {
  /// The text's key.
  private static let key = "sd-ti-embedding"
  /// What A1111's JSON says a tensor is.
  private static let tensorKey = "TORCHTENSOR"

  /// Whether a file is a PNG, by its first bytes.
  static func isPicture(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return PictureFormat(startingWith: (try? file.read(upToCount: 12)) ?? Data()) == .png
  }

  /// The tensors in a picture, called as in A1111's files.
  ///
  /// - Throws: `EmbeddingError`, `MediaError`.
  static func reader(_ path: String) throws -> MemoryReader {
    let json: Data
    if let text = try ContainerMetadata.read(path).texts[key] {
      guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
        throw EmbeddingError.malformedNote(path: path, key: key, reason: "it is not base64")
      }
      json = data
    } else if let data = SideStrips.data(in: try Picture(contentsOf: path)) {
      json = Data(data)
    } else {
      throw EmbeddingError.noEmbedding(
        path: path, found: ["a picture without an embedding in its text \(key) or at its sides"])
    }
    let fields: [String: JSONValue]
    do { fields = try ConfigFile(parsing: json, file: "it").fields } catch {
      throw EmbeddingError.malformedNote(
        path: path, key: key, reason: "\(error)".trimmingCharacters(in: CharacterSet(charactersIn: ".")))
    }
    var tensors: [String: Tensor] = [:]
    if case .object(let parameters) = fields["string_to_param"] {
      for (name, value) in parameters { tensors["string_to_param.\(name)"] = try tensor(value, path) }
    }
    var metadata: [String: String] = [:]
    if case .string(let name) = fields["name"], !name.isEmpty { metadata[EmbeddingMetadata.tokenKey] = name }
    return MemoryReader(tensors, metadata: metadata, file: path)
  }

  /// Rows of numbers, equally many in each.
  private static func tensor(_ value: JSONValue, _ path: String) throws -> Tensor {
    func refuse(_ reason: String) -> EmbeddingError { .malformedNote(path: path, key: key, reason: reason) }
    guard case .object(let object) = value, case .array(let rows)? = object[tensorKey] else {
      throw refuse("its string_to_param holds no \(tensorKey)")
    }
    let values = try rows.map { row -> [Float] in
      guard case .array(let numbers) = row else { throw refuse("its vectors are not lists of numbers") }
      return try numbers.map { number in
        switch number {
        case .integer(let whole): return Float(whole)
        case .number(let fraction): return Float(fraction)
        default: throw refuse("its vectors are not lists of numbers")
        }
      }
    }
    guard let width = values.first?.count, width > 0, values.allSatisfy({ $0.count == width }) else {
      throw refuse("its vectors are not equally long")
    }
    return Tensor(values.flatMap { $0 }, shape: [values.count, width])
  }
}
