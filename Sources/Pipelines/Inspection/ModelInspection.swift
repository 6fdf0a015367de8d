import Foundation
import Layers
import Networks
import Text
import Weights

/// What a model folder consists of, and whether anything is missing.
public struct ModelInspection: Codable, Sendable, Hashable {
  /// One part of the pipeline.
  public struct Part: Codable, Sendable, Hashable {
    /// `unet`, `vae` and so on.
    public let name: String
    /// The class, as diffusers or transformers name it.
    public let className: String
    /// Numbers in its weights; nil for parts without.
    public var parameters: Int?
    /// Element types of its weights, as safetensors names them.
    public var dtypes: [String] = []
    /// What is wrong with it: everything that is missing, misshapen or not asked for.
    public var problems: [String] = []

    private enum CodingKeys: String, CodingKey {
      case name
      case className = "class"
      case parameters, dtypes, problems
    }
  }

  /// The folder.
  public let path: String
  /// The pipeline's class.
  public let className: String
  /// Pictures or videos; nil for a pipeline that is not known here.
  public let kind: ModelKind?
  /// A hash of what it consists of, as in the files it makes.
  public let hash: String
  /// The parts, by name.
  public let parts: [Part]
  /// Width of the text states; nil where the text encoder cannot be read.
  public let textWidth: Int?
  /// Pixels of an edge for one latent; nil where the autoencoder cannot be read.
  public let factor: Int?

  private enum CodingKeys: String, CodingKey {
    case path
    case className = "class"
    case kind, hash, parts
    case textWidth = "text_width"
    case factor
  }

  /// Numbers in all weights.
  public var parameters: Int { parts.compactMap(\.parameters).reduce(0, +) }

  /// Everything that is wrong, part by part.
  public var problems: [String] { parts.flatMap { part in part.problems.map { "\(part.name): \($0)" } } }

  /// Looks into a folder; weights are not read, only their names and shapes.
  ///
  /// - Throws: `ModelError`, `ModelFolderError`, `ConfigError` where there is no model at all.
  public init(folder path: String) throws {
    let folder = try openModelFolder(path)
    self.path = path
    className = folder.pipelineClass ?? "?"
    kind = ModelKind.pipelines[className]
    hash = try ModelIdentity(folder).hash
    var parts: [Part] = []
    for (name, component) in folder.components.sorted(by: { $0.key < $1.key }) {
      var part = Part(name: name, className: component.name)
      do {
        try PartInspection(folder: folder.component(name), className: component.name).complete(&part)
      } catch {
        part.problems.append("\(error)")
      }
      parts.append(part)
    }
    self.parts = parts
    let text: CLIPTextConfiguration? = try? folder.component("text_encoder").config().decode()
    let autoencoder: AutoencoderKLConfiguration? = try? folder.component("vae").config().decode()
    (textWidth, factor) = (text?.encoder.width, autoencoder?.factor)
  }
}

/// Compares a part's files with what its class needs.
private struct PartInspection {
  let folder: ComponentFolder
  let className: String

  func complete(_ part: inout ModelInspection.Part) throws {
    guard let network else {
      if className.hasSuffix("Tokenizer") || className.hasSuffix("TokenizerFast") {
        _ = try CLIPTokenizer(folder: URL(fileURLWithPath: folder.path))
      } else if className.hasSuffix("Scheduler") {
        _ = try folder.config()
      }
      return
    }
    let readers = try folder.readers()
    let entries = readers.flatMap(\.entries.values)
    part.parameters = entries.filter(\.type.isFloatingPoint).reduce(0) { $0 + $1.count }
    part.dtypes = Set(entries.map(\.type.rawValue)).sorted()
    do {
      try FileWeights(readers, delivery: .shapes).build(network)
    } catch let mismatch as WeightMismatch {
      let problems = mismatch.problems
      part.problems += problems.missing.map { "missing \($0)" }
      part.problems += problems.misshapen.map { "\($0.name) has the shape \($0.found), expected \($0.expected)" }
      part.problems += problems.unused.map { "\($0) is not used by this network" }
    }
  }

  /// Builds the network of a known class; nil for others.
  private var network: ((WeightScope) throws -> Void)? {
    switch className {
    case "UNet2DConditionModel": { _ = try UNet2DConditionModel(folder.config().decode(), $0) }
    case "UNet3DConditionModel": { _ = try UNet3DConditionModel(folder.config().decode(), $0) }
    case "AutoencoderKL": { _ = try AutoencoderKL(folder.config().decode(), $0) }
    case "CLIPTextModel": { _ = try CLIPTextModel(folder.config().decode(), $0) }
    default: nil
    }
  }
}
