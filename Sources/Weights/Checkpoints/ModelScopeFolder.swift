import Foundation
import NegativeSpaceConfiguration

/// ModelScope's text-to-video model as its authors published it: three PyTorch files and a configuration.json.
///
/// ZeroScope's files of that layout (`zs2_576w`) take the place of the first two. Parts are presented as in diffusers'
/// folder of the same model (`TextToVideoSDPipeline`).
package struct ModelScopeFolder: ModelSource {
  package let path: String
  package let pipelineClass: String? = "TextToVideoSDPipeline"
  package let components: [String: ComponentClass]
  package let notes: [String]

  private let parts: [String: CheckpointPart]
  private let tokenizer: String?

  /// The file names of the publication, by the keys of configuration.json's `model.model_args`.
  private static let files = [
    "ckpt_unet": "text2video_pytorch_model.pth", "ckpt_clip": "open_clip_pytorch_model.bin",
    "ckpt_autoencoder": "VQGAN_autoencoder.pth",
  ]

  /// True if a folder is of this kind and has no model_index.json.
  package static func isOne(_ path: String) -> Bool {
    fileKind(path + "/model_index.json") == nil
      && fileKind("\(path)/\((try? name("ckpt_unet", in: path)) ?? "")") == .file
  }

  /// - Parameter tokenizer: the folder of the tokenizer, if one was named.
  /// - Throws: `CheckpointError`, `TensorFileError`, `ConfigurationError`; `ModelFolderError` for files that are not
  ///   there.
  package init(path: String, tokenizer: String? = nil) throws {
    let names = try Self.files.keys.sorted().map { try Self.name($0, in: path) }
    let missing = names.filter { fileKind("\(path)/\($0)") != .file }
    guard missing.isEmpty else {
      throw ModelFolderError.missingShards(file: path + "/configuration.json", shards: missing)
    }
    func open(_ key: String) throws -> any TensorReader {
      try openTensorFile("\(path)/\(Self.name(key, in: path))")
    }
    let (unet, text, vae) = (
      try open("ckpt_unet"), try open("ckpt_clip"), try open("ckpt_autoencoder")
    )
    let schedule = PublishedModel.scheduler(PublishedModel.noise).merging([
      "_class_name": .string("DDIMScheduler")
    ]) { $1 }
    let built = [
      "unet": try Self.unet(unet), "text_encoder": try Self.textEncoder(text),
      "vae": try Self.autoencoder(vae),
      "scheduler": CheckpointPart(
        path: unet.file, name: "scheduler", fields: schedule, reader: nil, configured: nil),
    ]
    components = [
      "unet": ComponentClass(library: "diffusers", name: "UNet3DConditionModel"),
      "text_encoder": ComponentClass(library: "transformers", name: "CLIPTextModel"),
      "vae": ComponentClass(library: "diffusers", name: "AutoencoderKL"),
      "scheduler": ComponentClass(library: "diffusers", name: "DDIMScheduler"),
      "tokenizer": ComponentClass(library: "transformers", name: "CLIPTokenizer"),
    ]
    notes =
      [unet, text, vae].flatMap(\.notes) + Self.leftOut(text, built["text_encoder"])
      + Self.leftOut(vae, built["vae"])
    (self.path, parts, self.tokenizer) = (path, built, tokenizer)
  }

  package func component(_ name: String) throws -> CheckpointPart {
    if name == "tokenizer" {
      return CheckpointPart(
        path: try tokenizerFolder(), name: name, fields: [:], reader: nil, configured: nil)
    }
    guard let part = parts[name] else {
      throw ModelFolderError.missingComponent(
        folder: path, name: name, available: components.keys.sorted())
    }
    return part
  }

  package func tokenizerFolder() throws -> String {
    for place in [tokenizer, path + "/tokenizer"].compactMap({ $0 })
    where fileKind(place) == .folder { return place }
    if let named = tokenizer { throw ModelFolderError.notAFolder(path: named) }
    if let local = LocalTokenizer.folder() { return local }
    throw CheckpointError.noTokenizer(file: path)
  }

  /// open_clip fills up prompts with 0.
  package var tokenPadding: Int? { 0 }

  // MARK: The files

  private static func name(_ key: String, in path: String) throws -> String {
    let standard = files[key] ?? key
    let configuration = path + "/configuration.json"
    guard fileKind(configuration) == .file else { return standard }
    let fields = JSONValue.object(try ConfigFile(path: configuration).fields)
    guard case .string(let name)? = fields["model"]?["model_args"]?[key] else { return standard }
    guard isPlainName(name) else {
      throw ModelFolderError.unsafeName(file: configuration, name: name)
    }
    return name
  }

  private static func unet(_ reader: any TensorReader) throws -> CheckpointPart {
    let keys = reader.entries.keys.filter { LDMTables.harmless($0) == nil }.sorted()
    let beginning = keys.contains { $0.hasPrefix(LDMTables.unet) } ? LDMTables.unet : ""
    let shapes = shapes(of: reader, keys, after: beginning)
    guard shapes["input_blocks.0.0.weight"] != nil else {
      throw CheckpointError.notAModel(
        file: reader.file, what: LDMTables.description(of: reader.entries.keys))
    }
    let layout = try LDMUNetLayout(shapes, file: reader.file)
    guard layout.isVideo, shapes["input_blocks.0.1.proj_in.weight"] != nil else {
      throw CheckpointError.notAModel(
        file: reader.file, what: "a denoiser without ModelScope's layers along time")
    }
    let renamed = try renamed(reader, keys, after: beginning, layout.renaming)
    let fields = layout.fields.merging(["sample_size": .integer(32)]) { $1 }
    return CheckpointPart(
      path: reader.file, name: "unet", fields: fields, reader: renamed, configured: nil)
  }

  /// OpenCLIP's whole model, of which all but the text tower is left out.
  private static func textEncoder(_ reader: any TensorReader) throws -> CheckpointPart {
    let beginning = LDMTables.openCLIP
    let own = reader.entries.filter { LDMTables.harmless(beginning + $0.key) == nil }
    let layout = try LDMTextLayout(
      openCLIP: Dictionary(uniqueKeysWithValues: own.map { (beginning + $0.key, $0.value.shape) }),
      file: reader.file)
    let origins = layout.origins.mapValues { origin in
      RenamedReader.Origin(key: String(origin.key.dropFirst(beginning.count)), rows: origin.rows)
    }
    let used = Set(layout.origins.values.map(\.key)).union(layout.leftOut)
    let unknown = own.keys.filter { !used.contains(beginning + $0) }.sorted()
    guard unknown.isEmpty else {
      throw CheckpointError.unknownTensors(file: reader.file, names: unknown)
    }
    return CheckpointPart(
      path: reader.file, name: "text_encoder", fields: layout.fields,
      reader: RenamedReader(reader, origins),
      configured: nil)
  }

  /// The autoencoder, of a file that is a whole Stable Diffusion where it is the published one.
  private static func autoencoder(_ reader: any TensorReader) throws -> CheckpointPart {
    let isWhole = reader.entries.keys.contains { $0.hasPrefix(LDMTables.autoencoder) }
    let beginning = isWhole ? LDMTables.autoencoder : ""
    let keys = reader.entries.keys.filter {
      $0.hasPrefix(beginning)
        && LDMTables.harmless(LDMTables.autoencoder + $0.dropFirst(beginning.count)) == nil
    }
    .sorted()
    let layout = try LDMAutoencoderLayout(
      shapes(of: reader, keys, after: beginning), side: 256, file: reader.file)
    let renamed = try renamed(reader, keys, after: beginning, layout.renaming)
    return CheckpointPart(
      path: reader.file, name: "vae", fields: layout.fields, reader: renamed, configured: nil)
  }

  private static func shapes(
    of reader: any TensorReader, _ keys: [String], after beginning: String
  ) -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    for key in keys where key.hasPrefix(beginning) {
      shapes[String(key.dropFirst(beginning.count))] = reader.entries[key]?.shape
    }
    return shapes
  }

  private static func renamed(
    _ reader: any TensorReader, _ keys: [String], after beginning: String, _ renaming: KeyRenaming
  ) throws -> RenamedReader {
    var origins: [String: RenamedReader.Origin] = [:]
    var unknown: [String] = []
    for key in keys {
      if key.hasPrefix(beginning), let name = renaming(String(key.dropFirst(beginning.count))) {
        origins[name] = .init(key: key)
      } else {
        unknown.append(key)
      }
    }
    guard unknown.isEmpty else {
      throw CheckpointError.unknownTensors(file: reader.file, names: unknown)
    }
    return RenamedReader(reader, origins)
  }

  /// A sentence about the tensors of a file that are not used; none if all are.
  private static func leftOut(_ reader: any TensorReader, _ part: CheckpointPart?) -> [String] {
    let used = Set(part?.reader?.entries.keys.compactMap { part?.reader?.spelling(of: $0) } ?? [])
    let count = reader.entries.count - used.count
    let name = URL(fileURLWithPath: reader.file).lastPathComponent
    return count > 0
      ? ["Left out \(count) tensors of \(name), which belong to other parts of its model."] : []
  }
}
