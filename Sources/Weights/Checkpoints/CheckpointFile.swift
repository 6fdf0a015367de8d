import Foundation
import NegativeSpaceConfiguration

/// A whole model in one file with LDM's names, `.safetensors`, `.ckpt` or `.gguf`: Stable Diffusion 1.x, 2.x and their
/// inpainting variants, VideoCrafter 1 and 2; or their denoiser alone, for which the folder of `config` has the rest.
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

  let options: CheckpointOptions
  let unet: LDMUNetLayout
  /// Layout, schedule and scale of a VideoCrafter file; nil for others.
  let lvdm: (unet: LVDMUNetLayout, scheduler: LVDMSchedule, scaleFactor: JSONValue?)?
  let autoencoder: [String: [Int]]
  let text: LDMTextLayout?
  let readers: [String: RenamedReader]
  /// The networks that the file lacks and the folder of `config` has.
  package let lent: [String]

  /// - Throws: `CheckpointError`, `TensorFileError`; `ModelFolderError` for a configuration that is not there.
  package init(path: String, options: CheckpointOptions = CheckpointOptions()) throws {
    if let config = options.config, fileKind(config) == nil { throw ModelFolderError.notAFolder(path: config) }
    let file = try openTensorFile(path)
    let reader = Self.denoiserAlone(file) ?? file
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
      : groups.clip.isEmpty ? nil : LDMTextLayout(clip: groups.clip, isSecond: unet.isLinear, file: path)
    // stable-diffusion.cpp gives OpenCLIP, which Stable Diffusion 2 has, transformers' names.
    tokenPadding = groups.openCLIP.isEmpty && (text == nil || !unet.isLinear) ? nil : 0

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
    if let folder = options.config, fileKind(folder) == .folder {
      let index = (try? DiffusersFolder(path: folder))?.components ?? [:]
      lent = classes.keys.filter { readers[$0] == nil && fileKind("\(folder)/\($0)") == .folder }.sorted()
      for name in lent {
        components[name] = index[name] ?? classes[name].map { ComponentClass(library: $0.0, name: $0.1) }
      }
    } else {
      lent = []
    }
    self.components = components
    notes = reader.notes + groups.leftOut(text?.leftOut.count ?? 0, usesAverages: options.usesAverages)
    (self.path, self.options) = (path, options)
  }

  /// A file that holds nothing but a denoiser, whose names lack their common beginning, with it: as ComfyUI has them.
  private static func denoiserAlone(_ file: any TensorReader) -> RenamedReader? {
    let names = file.entries.keys
    guard names.contains("input_blocks.0.0.weight"), names.contains("out.2.weight") else { return nil }
    return RenamedReader(
      file, Dictionary(uniqueKeysWithValues: names.map { (LDMTables.unet + $0, .init(key: $0)) }), notes: file.notes)
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
}
