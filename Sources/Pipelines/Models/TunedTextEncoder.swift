import NegativeSpaceConfiguration
import NegativeSpaceNetworks
import NegativeSpaceWeights

/// A tuned text encoder that a request mixes with the model's own, read and checked but for its weights.
///
/// It is a transformers folder, a folder with `text_encoder/` in it, or one file, where what no shape tells is as in the
/// model's own; or a LoRA on the model's own, which holds in part of the steps so.
struct TunedTextEncoder: Sendable {
  /// With its hash.
  private(set) var reference: FileReference
  private let configuration: CLIPTextConfiguration
  private let readers: [any TensorReader]
  private let recipe: KeyRecipe

  /// The share of its states in the mix.
  var weight: Double { reference.weight ?? 1 }

  /// What determines the network.
  var key: FileReference {
    var key = reference
    key.weight = nil
    return key
  }

  /// - Throws: `RequestError` for another kind of network, or one of other sizes than the model's; what is wrong with
  ///   the files.
  private init(_ asked: FileReference, for model: ModelFiles) throws {
    var path = try asked.filePath(for: RequestField(.textEncoders))
    let isFolder = try existingKind(path) == .folder
    if isFolder, fileKind("\(path)/text_encoder") == .folder { path += "/text_encoder" }
    // A whole CLIP has both towers' configurations in one.
    let whole = fileKind("\(path)/config.json") == .file ? try ConfigFile(path: "\(path)/config.json") : nil
    let isWhole = isFolder && whole?["text_config"] != nil
    recipe = isWhole ? .textEncoder : .diffusers
    let own = model.text
    var config: String?
    if isFolder, try isWhole || KnownNetwork(ofFolder: path) == .textEncoder {
      let folder = try ComponentFolder(path: path)
      let file = try folder.config()
      (configuration, config) = (try (isWhole ? file.section("text_config") : file).decode(), file.file)
      readers = try folder.readers()
      try Self.check(
        asked.path, of: model, width: configuration.encoder.width, layers: configuration.encoder.layers,
        vocabulary: configuration.vocabSize, positions: configuration.maxPositionEmbeddings)
    } else if !isFolder, let file = try TextEncoderFile(openTensorFile(path)) {
      (configuration, readers) = (own, try file.readers())
      try Self.check(
        asked.path, of: model, width: file.size("hidden_size"), layers: file.size("num_hidden_layers"),
        vocabulary: file.size("vocab_size"), positions: file.size("max_position_embeddings"))
    } else {
      throw RequestError(
        .textEncoders, found: "\(asked.path), which is no text encoder",
        expected:
          "a transformers folder with config.json and weights, a file with the names of OpenAI's CLIP, or a LoRA")
    }
    reference = try Self.hashed(asked, files: readers.map(\.file) + (config.map { [$0] } ?? []), isFolder: isFolder)
  }

  /// The model's own encoder with a LoRA.
  ///
  /// - Throws: `LoRAError` for one that adds to more than the text encoder, `TensorFileError`, `ModelError.changedFile`.
  private init(_ lora: LoRAFile, _ asked: FileReference, for model: ModelFiles) throws {
    let own = try model.source.component("text_encoder").readers()
    var merge = LoRAMerge([.textEncoder: own])
    try merge.add(lora, scale: 1, to: "the text encoder of \(model.path)")
    (configuration, readers, recipe) = (model.text, merge.merged(own, of: .textEncoder), .textEncoder)
    var reference = asked
    reference.sha256 = try lora.sha256()
    try reference.requireContent(of: asked)
    self.reference = reference
  }

  /// The encoders that are asked for; those that are known are not read again.
  ///
  /// - Throws: as `init`, `ModelError.changedFile`.
  static func selection(
    _ asked: [FileReference], for model: ModelFiles, known: [TunedTextEncoder]
  ) throws -> [TunedTextEncoder] {
    try asked.map { asked in
      let path = try asked.filePath(for: RequestField(.textEncoders))
      guard var found = known.first(where: { $0.reference.path == path }) else {
        return try LoRAFile.isOne(path) ? Self(LoRAFile(path: path), asked, for: model) : Self(asked, for: model)
      }
      try found.reference.requireContent(of: asked)
      found.reference.weight = asked.weight
      return found
    }
  }

  /// Reads the weights; a text encoder always computes in float32.
  ///
  /// - Throws: `WeightMismatch`, `TensorFileError`.
  func load() throws -> CLIPTextModel {
    try FileWeights(readers, recipe: recipe, checkFinite: true).build { try CLIPTextModel(configuration, $0) }
  }

  /// - Throws: `RequestError` with both sides.
  private static func check(
    _ path: String, of model: ModelFiles, width: Int?, layers: Int?, vocabulary: Int?, positions: Int?
  ) throws {
    let own = model.text
    for (what, found, expected) in [
      ("text states of width", width, own.encoder.width), ("layers:", layers, own.encoder.layers),
      ("a vocabulary of", vocabulary, own.vocabSize), ("positions:", positions, own.maxPositionEmbeddings),
    ] where found != expected {
      throw RequestError(
        .textEncoders, found: "\(path) with \(what) \(found.map(String.init) ?? "an unknown number")",
        expected: "\(expected), as the text encoder of \(model.path) has; only states of one kind can be mixed")
    }
  }

  /// The reference with a hash, which must be the one it had before, if it had one: a file's, or one over those of a
  /// folder's files.
  private static func hashed(_ reference: FileReference, files: [String], isFolder: Bool) throws -> FileReference {
    guard isFolder else { return try reference.hashed() }
    var hash = SHA256()
    for file in files { hash.update(try SHA256.hexadecimal(ofFile: file).utf8) }
    var result = reference
    result.sha256 = hash.hexadecimal
    try result.requireContent(of: reference)
    return result
  }
}

extension RequestedModel {
  /// What is to be feared of the weights, a sentence each.
  var tunedEncoderWarnings: [String] {
    let sum = tunedEncoders.reduce(0) { $0 + $1.weight }
    let far = "states that no encoder gives, which the model was not trained on"
    return tunedEncoders.filter { $0.weight < 0 }
      .map { "The text encoder \($0.reference.path) has the weight \($0.weight): below 0 it makes \(far)." }
      + (sum > 2 ? ["The weights of \(field: .textEncoders) sum up to \(sum): beyond 2 they make \(far)."] : [])
  }
}

extension PromptConditioner {
  /// How near the tuned encoders' text spaces are to the model's own, a line each.
  ///
  /// - Throws: `RequestError` for a layer that is not there.
  func tunedEncoderNotes() throws -> [String] {
    let own = try encoder.space(named: model.textSpaceName, clipSkip: request.clipSkip)
    return try zip(model.tunedEncoders, tuned).map { files, encoder in
      let file = files.reference
      let space = try encoder.space(named: file.path, clipSkip: request.clipSkip)
      return "Text encoder \(file.path) (\(file.shortHash)), weight \(files.weight): its text space is "
        + "\(own.closeness(to: space))."
    }
  }
}
