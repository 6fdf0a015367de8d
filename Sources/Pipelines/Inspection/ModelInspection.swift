import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceNetworks
import NegativeSpaceText
import NegativeSpaceWeights

/// Contents of a model folder or a single file, and whether anything is missing.
public struct ModelInspection: Codable, Sendable, Hashable {
  /// One part of the pipeline.
  public struct Part: Codable, Sendable, Hashable {
    /// `unet`, `vae` and so on.
    public let name: String
    /// The class, as diffusers or transformers name it.
    public let className: String
    /// Numbers in its weights; nil for parts without.
    public var parameters: Int?
    /// Element types of its weights, as safetensors or ggml names them.
    public var dtypes: [String] = []
    /// Its problems: everything that is missing, misshapen or not asked for.
    public var problems: [String] = []

    private enum CodingKeys: String, CodingKey {
      case name
      case className = "class"
      case parameters, dtypes, problems
    }
  }

  /// Layout of the parts: folders, or one file.
  public enum Layout: String, Codable, Sendable {
    /// diffusers' layout, or ModelScope's.
    case folder
    /// The original layout of Stable Diffusion and VideoCrafter.
    case file
  }

  /// The folder or file.
  public let path: String
  /// Whether it is a model, or only something for one.
  public let isWhole: Bool
  /// Layout of the parts.
  public let layout: Layout
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
  /// Prediction type of the denoiser (`epsilon`, `v_prediction`), and how that is known; nil where nothing is written.
  public let prediction: String?
  /// Parts that every model needs and that are not there.
  public let missing: [String]
  /// Notes, a sentence each: on contents that are not used, or on the use of a part that lies alone.
  public let notes: [String]
  /// Problems of the whole.
  private let wholeProblems: [String]

  private enum CodingKeys: String, CodingKey {
    case path
    case isWhole = "is_model"
    case layout
    case className = "class"
    case kind, hash, parts
    case textWidth = "text_width"
    case factor, prediction, missing, notes
    case wholeProblems = "problems"
  }

  /// Numbers in all weights.
  public var parameters: Int { parts.compactMap(\.parameters).reduce(0, +) }

  /// Everything that is wrong, part by part.
  public var problems: [String] {
    parts.flatMap { part in part.problems.map { "\(part.name): \($0)" } } + wholeProblems
  }

  /// Parts that every model needs.
  private static let needed = ["scheduler", "text_encoder", "tokenizer", "unet", "vae"]

  /// A network that is no whole model.
  private init(_ lone: LonePart, path: String) throws {
    (self.path, isWhole, className) = (path, false, lone.network.rawValue)
    layout = try existingKind(path) == .folder ? .folder : .file
    hash = try ModelIdentity.hash(ofFiles: lone.readers.map(\.file))
    var part = Part(name: lone.network.folder, className: className)
    part.complete(lone.readers, check: lone.check)
    (parts, notes, missing, wholeProblems) = ([part], [lone.use], [], [])
    (kind, textWidth, factor, prediction) = (nil, lone.textWidth, lone.factor, nil)
  }

  /// Looks into a model, or a network that lies alone, in a folder or file; weights are not read, only their names and
  /// shapes.
  ///
  /// - Throws: `ModelError`, `ModelFolderError`, `CheckpointError`, `ConfigurationError` where there is no model at
  ///   all.
  public init(path: String, options: ModelOptions = ModelOptions()) throws {
    let path = try located(path)
    if let lone = try LonePart(recognising: path, options) {
      try self.init(lone, path: path)
    } else if try LoRAFile.isOne(path) {
      try self.init(LoRAFile(path: path))
    } else {
      try self.init(openModel(path, options), path: path)
    }
  }

  /// A LoRA, which is added to a model's networks.
  private init(_ lora: LoRAFile) throws {
    (path, isWhole, layout, className) = (lora.path, false, .file, "LoRA")
    hash = try lora.sha256()
    let names: [LoRANetwork: String] = [.denoiser: "unet", .motion: "motion_adapter", .textEncoder: "text_encoder"]
    var (parts, notes): ([Part], [String]) = ([], [])
    for share in lora.shares {
      let name = names[share.network] ?? "?"
      parts.append(
        Part(
          name: name, className: className, parameters: share.entries.reduce(0) { $0 + $1.count },
          dtypes: Set(share.entries.map(\.type.rawValue)).sorted()))
      let ranks = Set([share.ranks.lowerBound, share.ranks.upperBound]).sorted().map { "\($0)" }
      notes.append("For \(name): \(share.layers) layers of rank \(ranks.joined(separator: " to ")).")
    }
    notes.append("Use it with \(field: .loras); whether a model has all these layers is seen then.")
    (self.parts, self.notes) = (parts, notes)
    (kind, textWidth, factor, prediction, missing, wholeProblems) = (nil, nil, nil, nil, [], [])
  }

  private init(_ source: any ModelSource, path: String) throws {
    (self.path, isWhole) = (path, true)
    className = source.pipelineClass ?? "?"
    kind = ModelKind.pipelines[className]
    hash = try ModelIdentity(source).hash
    var missing = Self.needed.filter { source.components[$0] == nil }
    var parts: [Part] = []
    for (name, component) in source.components.sorted(by: { $0.key < $1.key }) {
      var part = Part(name: name, className: component.name)
      do {
        try part.complete(source.component(name))
      } catch CheckpointError.noTokenizer {
        // The same for every single file and for ModelScope's folders, and no fault of this one.
        missing.append(name)
        continue
      } catch {
        part.problems.append("\(error)")
      }
      parts.append(part)
    }
    self.parts = parts
    let checkpoint = source as? CheckpointFile
    layout = checkpoint == nil ? .folder : .file
    var problems = missing.filter { $0 != "tokenizer" || source is DiffusersFolder }
      .map { "there is no \($0)" }
    if let unknown = checkpoint?.unknown, !unknown.isEmpty {
      problems += unknown.map { "\($0) belongs to no known part" }
    }
    (self.missing, notes, wholeProblems) = (missing.sorted(), source.notes, problems)
    let text: CLIPTextConfiguration? = try? source.component("text_encoder").config().decode()
    let autoencoder = try? source.latentCodecConfiguration()
    (textWidth, factor) = (text?.encoder.width, autoencoder?.factor)
    prediction = Self.prediction(of: source)
  }

  private static func prediction(of source: any ModelSource) -> String? {
    guard let checkpoint = source as? CheckpointFile else {
      return try? source.component("scheduler").config().string("prediction_type")
    }
    return switch checkpoint.prediction {
    case .known(let name, let reason): "\(name): \(reason)"
    case .undecided: "epsilon or v_prediction: a test run of the denoiser will tell when the model is opened"
    }
  }
}

extension ModelInspection.Part {
  /// Compares a model's part with what its class needs.
  ///
  /// - Throws: errors that concern its files as a whole.
  fileprivate mutating func complete(_ part: any ModelPart) throws {
    if let network = KnownNetwork(rawValue: className) {
      try complete(part.readers()) { _ = try network.weights(of: part) }
    } else if className.hasSuffix("Tokenizer") || className.hasSuffix("TokenizerFast") {
      _ = try CLIPTokenizer(folder: URL(fileURLWithPath: part.path))
    } else if className.hasSuffix("Scheduler") {
      _ = try part.config()
    }
  }

  /// Counts what `readers` hold, and lists what `check` finds missing, misshapen or not asked for.
  fileprivate mutating func complete(_ readers: [any TensorReader], check: () throws -> Void) {
    let entries = readers.flatMap(\.entries.values)
    parameters = entries.filter(\.type.isFloatingPoint).reduce(0) { $0 + $1.count }
    dtypes = Set(entries.map(\.storedType)).sorted()
    do {
      try check()
    } catch let mismatch as WeightMismatch {
      let found = mismatch.problems
      problems += found.missing.map { "missing \($0)" }
      problems += found.misshapen.map { "\($0.name) has the shape \($0.found), expected \($0.expected)" }
      problems += found.unused.map { "\($0) is not used by this network" }
    } catch {
      problems.append("\(error)")
    }
  }
}
