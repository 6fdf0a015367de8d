import Foundation
import NegativeSpaceKernels
package import NegativeSpaceMedia

/// A file's record of how it was made: the `negspace` entry of PNG, JPEG and MP4 files, one JSON object.
public struct GenerationRecord: Codable, Sendable, Hashable {
  /// The program's version.
  public var version = ProgramVersion.current
  /// The model, by name and place.
  public var model: Model
  /// Everything that was asked for, with nothing left open.
  public var request: GenerationRequest
  /// Library and threads that computed it; another machine may round otherwise.
  public var compute: Computation
  /// Size, number and hash of the file's frames.
  public var output: Output

  /// A model by name and place.
  public struct Model: Codable, Sendable, Hashable {
    /// Pictures or videos.
    public var kind: ModelKind
    /// The folder's name.
    public var name: String
    /// The folder, as it was given or found.
    public var path: String
    /// `ModelIdentity.hash`.
    public var hash: String
    /// Options it was opened with, beside its path; nil if none.
    public var options: ModelOptions?
  }

  /// The machine's part.
  public struct Computation: Codable, Sendable, Hashable {
    /// The library that multiplied.
    public var backend: String
    /// Number of threads.
    public var threads: Int
  }

  /// The frames as written.
  public struct Output: Codable, Sendable, Hashable {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Number of frames.
    public var frames: Int
    /// SHA-256 over the red, green and blue bytes of all frames, before the file's own compression.
    public var pixelsSHA256: String

    private enum CodingKeys: String, CodingKey {
      case width, height, frames
      case pixelsSHA256 = "pixels_sha256"
    }
  }

  /// The record of a finished generation.
  ///
  /// - Throws: `ModelError` where the model's files cannot be read any more.
  public init(_ result: GenerationResult, by model: DiffusionModel) throws {
    let identity = try model.identity()
    self.model = Model(
      kind: model.kind, name: identity.name, path: model.path, hash: identity.hash,
      options: model.options == ModelOptions() ? nil : model.options)
    request = result.request
    compute = Computation(backend: Compute.backend.name, threads: Threads.count)
    output = Output(
      width: result.width, height: result.height, frames: result.frameCount, pixelsSHA256: result.pixelsSHA256)
  }

  /// One line of JSON with sorted keys.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Reads what `json` wrote.
  ///
  /// - Throws: `RecordError.malformed`.
  public init(json: String, path: String) throws {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    } catch {
      throw RecordError.malformed(path: path, reason: decodingProblem(error))
    }
  }

  /// Reads the record of a PNG, JPEG or MP4 file that this program wrote.
  ///
  /// - Throws: `RecordError`, `MediaError`.
  public init(contentsOf path: String) throws {
    guard let json = try ContainerMetadata.read(path).negspace else { throw RecordError.absent(path: path) }
    try self.init(json: json, path: path)
  }

  /// Both texts of the file.
  package func metadata() throws -> ContainerMetadata {
    ContainerMetadata(parameters: parameters, negspace: try json())
  }
}

/// An error that keeps a file's settings from being read.
public enum RecordError: Error, Hashable, CustomStringConvertible {
  /// The file carries none.
  case absent(path: String)
  /// The file carries something else under the same name.
  case malformed(path: String, reason: String)
  /// A file that the settings name is not used, since it is not what was used then.
  case untrusted(field: String, path: String, sha256: String?, reason: String)
  /// A place was given for a file that the settings do not name.
  case unnamed(path: String, named: [String])

  /// One sentence and a hint.
  public var description: String {
    switch self {
    case .absent(let path):
      "\(path) carries no settings; expected a PNG, JPEG, WebP, APNG or MP4 file that negspace wrote and nobody re-encoded. "
        + "WebM and GIF files carry none."
    case .malformed(let path, let reason):
      "The settings in \(path) cannot be read: \(reason). The file may come from another version, or have been edited."
    case .untrusted(let field, let path, let sha256, let reason):
      "The settings name \(path) as `\(field)`, which is not used: \(reason). Expected the file "
        + (sha256.map { "with SHA-256 \($0.prefix(16))…" } ?? "that was used then") + "."
    case .unnamed(let path, let named):
      "The settings name no file \(path); "
        + (named.isEmpty ? "they name none." : "expected one of \(named.joined(separator: ", ")).")
    }
  }
}
