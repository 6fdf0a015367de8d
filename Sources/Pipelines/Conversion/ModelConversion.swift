import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles
import NegativeSpaceWeights

/// Writes a model as a folder that diffusers opens: safetensors, today's names, one folder a part.
public struct ModelConversion {
  /// Element type of the stored weights.
  public enum StorageType: String, CaseIterable, Sendable {
    /// 32-bit floats.
    case float32
    /// 16-bit floats of IEEE 754.
    case float16
    /// 16-bit floats with the range of 32-bit ones.
    case bfloat16

    var elementType: ElementType {
      switch self {
      case .float32: .float32
      case .float16: .float16
      case .bfloat16: .bfloat16
      }
    }
  }

  private let source: any ModelSource

  /// Opens the model; of a single file it is found out what the denoiser predicts.
  ///
  /// - Throws: `ModelError`, `CheckpointError`, or errors in a part.
  public init(path: String, options: ModelOptions = ModelOptions()) throws {
    source = try decidePrediction(of: openModel(path, options), dtype: .float32).source
    tokenizer = options.tokenizer
  }

  private let tokenizer: String?

  /// Writes the folder beside its place and renames it when it is whole.
  ///
  /// - Parameters:
  ///   - folder: where; nothing, or an empty folder, may be there.
  ///   - dtype: what fractions are stored in; nil keeps each as it is.
  ///   - report: called with each part that is written or left out; what it throws ends the conversion, and nothing is
  ///     left behind.
  /// - Throws: `ModelError.unwritable`, or what is wrong with a part.
  public func write(to folder: String, dtype: StorageType? = nil, report: (String) throws -> Void = { _ in }) throws {
    // A name, without what would make the folder beside it one inside it.
    let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    try checkFree(folder)
    let temporary = Temporaries.name(beside: folder)
    Temporaries.sweep(folder.parentFolder)
    Temporaries.add(temporary)
    defer { Temporaries.remove(temporary) }
    do {
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
      try writeParts(to: temporary, dtype, report)
      if fileKind(folder) == .folder { try FileManager.default.removeItem(atPath: folder) }
      try FileManager.default.moveItem(atPath: temporary, toPath: folder)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      if (error as NSError).domain == NSCocoaErrorDomain {
        throw ModelError.unwritable(path: folder, reason: systemReason(error))
      }
      throw error
    }
  }

  private func checkFree(_ folder: String) throws {
    guard FileManager.default.fileExists(atPath: folder) else { return }
    let contents = try? FileManager.default.contentsOfDirectory(atPath: folder)
    guard contents?.isEmpty == true else {
      throw ModelError.unwritable(path: folder, reason: "it is there already; name a new folder")
    }
  }

  private func writeParts(to folder: String, _ dtype: StorageType?, _ report: (String) throws -> Void) throws {
    var index: [String: JSONValue] = [
      "_class_name": .string(source.pipelineClass ?? ""), "_diffusers_version": .string("0.42.1"),
      "requires_safety_checker": .bool(false),
    ]
    for (name, var component) in source.components.sorted(by: { $0.key < $1.key }) {
      let place = "\(folder)/\(name)"
      if name == "tokenizer" {
        try writeTokenizer(to: place)
      } else if let network = KnownNetwork(rawValue: component.name) {
        let part = try source.component(name)
        let weights = try network.weights(of: part)
        try makeFolder(place)
        try write(part.config(), to: "\(place)/config.json")
        try SafetensorsWriter.write(
          weights.found, as: dtype?.elementType, to: "\(place)/\(network.stem).safetensors")
      } else if component.name.hasSuffix("Scheduler") {
        try makeFolder(place)
        let config = try source.schedulerFile()
        try write(config, to: "\(place)/scheduler_config.json")
        component = ComponentClass(
          library: component.library, name: try config.string("_class_name", default: component.name))
      } else {
        try report("\(name) (\(component.name)) is left out: it is not known here")
        index[name] = .array([.null, .null])
        continue
      }
      try report("\(name) (\(component.name))")
      index[name] = .array([.string(component.library), .string(component.name)])
    }
    for name in ["safety_checker", "feature_extractor"] where !isVideo { index[name] = .array([.null, .null]) }
    if isVideo { index["requires_safety_checker"] = nil }
    try write(.object(index), to: "\(folder)/model_index.json")
  }

  private var isVideo: Bool { source.pipelineClass.flatMap { ModelKind.pipelines[$0] } == .video }

  private func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  private func write(_ config: ConfigFile, to path: String) throws { try write(.object(config.fields), to: path) }

  private func write(_ value: JSONValue, to path: String) throws {
    try OutputFile.write(value.text(indent: 2) + "\n", to: path)
  }

  /// Copies the files that a tokenizer consists of; where the text encoder says what fills up a prompt, they say so
  /// too.
  private func writeTokenizer(to place: String) throws {
    let folder = try tokenizer ?? source.tokenizerFolder()
    try makeFolder(place)
    for name in [
      "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
      "added_tokens.json",
    ] where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(place)/\(name)")
    }
    guard source.tokenPadding == 0 else { return }
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      let path = "\(place)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      // The first of CLIP's byte letters, number 0.
      let fields = try ConfigFile(path: path).fields.merging(["pad_token": .string("!")]) { $1 }
      try write(.object(fields), to: path)
    }
  }
}
