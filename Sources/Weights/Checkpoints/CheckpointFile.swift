import Foundation
import NegativeSpaceConfiguration

/// A whole model in one file with LDM's names, `.safetensors` or `.ckpt`: Stable Diffusion 1.x, 2.x and their
/// inpainting variants, VideoCrafter 1 and 2.
///
/// The architecture is told by the tensors' shapes; every tensor belongs to a part, is known to be harmless, or is in
/// `unknown`.
package struct CheckpointFile: ModelSource {
  package let path: String
  package let pipelineClass: String?
  package private(set) var components: [String: ComponentClass]
  package let notes: [String]
  /// Names in the file that fit no part.
  package let unknown: [String]
  /// The denoiser's prediction type; undecided counts as noise until `deciding`.
  package private(set) var prediction: PredictionEvidence
  /// The id that fills up a prompt: 0 for OpenCLIP's text encoder; nil leaves it to the tokenizer.
  package let tokenPadding: Int?

  private let options: CheckpointOptions
  private let unet: LDMUNetLayout
  /// Layout, schedule and scale of a VideoCrafter file; nil for others.
  private let lvdm: (unet: LVDMUNetLayout, scheduler: LVDMSchedule, scaleFactor: JSONValue?)?
  private let autoencoder: [String: [Int]]
  private let text: LDMTextLayout?
  private let readers: [String: RenamedReader]

  /// - Throws: `CheckpointError`, `TensorFileError`; `ModelFolderError` for a configuration that is not there.
  package init(path: String, options: CheckpointOptions = CheckpointOptions()) throws {
    if let config = options.config, fileKind(config) == nil { throw ModelFolderError.notAFolder(path: config) }
    let reader = try openTensorFile(path)
    let groups = CheckpointGroups(reader.entries)
    guard groups.unet["input_blocks.0.0.weight"] != nil else {
      throw CheckpointError.notAModel(file: path, what: LDMTables.description(of: reader.entries.keys))
    }
    unet = try LDMUNetLayout(groups.unet, file: path)
    lvdm = try unet.isVideo ? Self.lvdm(unet, groups.unet, reader, options) : nil
    autoencoder = groups.autoencoder
    text =
      try !groups.openCLIP.isEmpty
      ? LDMTextLayout(openCLIP: groups.openCLIP, file: path)
      : groups.clip.isEmpty ? nil : LDMTextLayout(clip: groups.clip, file: path)
    tokenPadding = groups.openCLIP.isEmpty ? nil : 0

    var unknown = groups.unknown
    func origins(
      _ names: some Sequence<String>, _ renaming: KeyRenaming, after beginning: String, key: (String) -> String?
    ) -> [String: RenamedReader.Origin] {
      var origins: [String: RenamedReader.Origin] = [:]
      for name in names.sorted() {
        guard let new = renaming(name) else {
          unknown.append(beginning + name)
          continue
        }
        if let key = key(beginning + name) { origins[new] = .init(key: key) }
      }
      return origins
    }
    if options.usesAverages, groups.averages.isEmpty {
      throw CheckpointError.notAModel(file: path, what: "no averaged weights (model_ema.…), which `ema` asks for")
    }
    var readers = [
      "unet": RenamedReader(
        reader,
        origins(groups.unet.keys, lvdm?.unet.renaming ?? unet.renaming, after: LDMTables.unet) {
          options.usesAverages ? groups.average(of: $0) : $0
        })
    ]
    if !autoencoder.isEmpty {
      let layout = try LDMAutoencoderLayout(autoencoder, side: 0, file: path)
      readers["vae"] = RenamedReader(
        reader, origins(autoencoder.keys, layout.renaming, after: LDMTables.autoencoder) { $0 })
    }
    if let text {
      readers["text_encoder"] = RenamedReader(reader, text.origins)
      let used = Set(text.origins.values.map(\.key))
      unknown += (Array(groups.openCLIP.keys) + groups.clip.keys).filter {
        !used.contains($0) && !text.leftOut.contains($0)
      }
    }
    self.readers = readers
    self.unknown = unknown.sorted()
    let yaml = options.config.flatMap { fileKind($0) == .file ? $0 : nil }
    prediction =
      lvdm == nil
      ? PredictionEvidence(
        reader, config: yaml, isFirst: !unet.isLinear, isPlain: unet.inChannels == 4)
      : .known(PublishedModel.noise, because: "VideoCrafter predicts noise")
    pipelineClass =
      lvdm == nil ? PublishedModel.pipelines[unet.inChannels] : PublishedModel.videoCrafter
    let classes = [
      "unet": lvdm == nil ? ("diffusers", "UNet2DConditionModel") : ("negspace", "LVDMUNetModel"),
      "vae": ("diffusers", "AutoencoderKL"), "text_encoder": ("transformers", "CLIPTextModel"),
    ]
    var components = classes.filter { readers[$0.key] != nil }
      .mapValues { ComponentClass(library: $0.0, name: $0.1) }
    components["scheduler"] =
      lvdm == nil
      ? PublishedModel.schedulerClass(prediction.name)
      : ComponentClass(library: "negspace", name: LVDMSchedule.className)
    components["tokenizer"] = ComponentClass(library: "transformers", name: "CLIPTokenizer")
    self.components = components
    notes = reader.notes + groups.leftOut(text?.leftOut.count ?? 0, usesAverages: options.usesAverages)
    (self.path, self.options) = (path, options)
  }

  private static func lvdm(
    _ unet: LDMUNetLayout, _ shapes: [String: [Int]], _ reader: any TensorReader,
    _ options: CheckpointOptions
  ) throws -> (unet: LVDMUNetLayout, scheduler: LVDMSchedule, scaleFactor: JSONValue?) {
    let yaml = LVDMYAML(named: options.config, beside: reader.file)
    let layout = try LVDMUNetLayout(unet, shapes, yaml: yaml, file: reader.file)
    return (
      layout, try LVDMSchedule(reader, yaml: yaml, version: layout.version), yaml?.scaleFactor
    )
  }

  /// The same file, with the prediction type that a test run has told.
  package func deciding(isVelocity: Bool) -> CheckpointFile {
    var decided = self
    decided.prediction = .known(
      isVelocity ? PublishedModel.velocity : PublishedModel.noise, because: "a test run of the denoiser told so")
    decided.components["scheduler"] = PublishedModel.schedulerClass(decided.prediction.name)
    return decided
  }

  /// - Throws: `CheckpointError.unknownTensors`.
  package func requireAllKnown() throws {
    guard unknown.isEmpty else { throw CheckpointError.unknownTensors(file: path, names: unknown) }
  }

  package func component(_ name: String) throws -> CheckpointPart {
    guard components[name] != nil else {
      throw ModelFolderError.missingComponent(folder: path, name: name, available: components.keys.sorted())
    }
    return CheckpointPart(
      path: name == "tokenizer" ? try tokenizerFolder() : path, name: name, fields: try fields(name),
      reader: readers[name], configured: options.config.flatMap { try? ComponentFolder(path: "\($0)/\(name)") })
  }

  private func fields(_ name: String) throws -> [String: JSONValue] {
    let predicted = prediction.name
    switch name {
    case "unet" where lvdm != nil: return lvdm?.unet.fields ?? [:]
    case "scheduler" where lvdm != nil: return lvdm?.scheduler.fields ?? [:]
    case "unet":
      // Every level but the last halves the picture; without an autoencoder, three as in the published models.
      let halvings = autoencoder.isEmpty ? 3 : autoencoder.keys.count { $0.hasSuffix(".downsample.conv.weight") }
      return unet.fields.merging(["sample_size": .integer(PublishedModel.side(predicted) >> halvings)]) { $1 }
    case "vae":
      let layout = try LDMAutoencoderLayout(
        autoencoder, side: PublishedModel.side(predicted), file: path)
      return layout.fields.merging(lvdm?.scaleFactor.map { ["scaling_factor": $0] } ?? [:]) { $1 }
    case "text_encoder": return text?.fields ?? [:]
    case "scheduler": return PublishedModel.scheduler(predicted)
    default: return [:]
    }
  }

  package func tokenizerFolder() throws -> String {
    let beside = URL(fileURLWithPath: path).deletingLastPathComponent().path + "/tokenizer"
    let places = [options.tokenizer, options.config.map { $0 + "/tokenizer" }, beside].compactMap { $0 }
    for place in places where fileKind(place) == .folder {
      let inside = place + "/tokenizer"
      return !isTokenizerFolder(place) && fileKind(inside) == .folder ? inside : place
    }
    if let named = options.tokenizer { throw ModelFolderError.notAFolder(path: named) }
    if let local = LocalTokenizer.folder() { return local }
    throw CheckpointError.noTokenizer(file: path)
  }
}
