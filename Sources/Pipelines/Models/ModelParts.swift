import Foundation
package import NegativeSpaceNetworks
import NegativeSpaceText
import NegativeSpaceWeights
import Synchronization

/// The loaded parts of one model: of each kind the last that was asked for, known by all that determines it.
///
/// Whoever asks owns what it gets: another request's autoencoder or LoRAs never change a part that is in use.
package final class ModelParts: Sendable {
  private struct Loaded {
    /// The key is the LoRAs that change it.
    var denoiser = KeptPart<[FileReference], any Denoiser>()
    /// The avoided branch's, where it is another.
    var negativeDenoiser = KeptPart<[FileReference], any Denoiser>()
    var promptEncoder = KeptPart<[FileReference], PromptEncoder>()
    /// The avoided branch's, where it is another.
    var negativePromptEncoder = KeptPart<[FileReference], PromptEncoder>()
    /// The key is the one in place of the model's own.
    var autoencoder = KeptPart<FileReference?, any LatentCodec>()
    /// By their references without weights.
    var tunedEncoders: [FileReference: PromptEncoder] = [:]
    var controlNets: [FileReference: ControlNetModel] = [:]
    var tunedFiles: [TunedTextEncoder] = []
    var loras = LoRASelection.none
    var negativeLoras: LoRASelection?
    var otherAutoencoder: OtherAutoencoder?
    var negativeModel: NegativeModel?
  }

  private let loaded: Mutex<Loaded>

  /// - Parameter denoiser: the one of the files, if it is loaded already.
  init(denoiser: (any Denoiser)? = nil) {
    var loaded = Loaded()
    if let denoiser { loaded.denoiser = KeptPart(denoiser, for: []) }
    self.loaded = Mutex(loaded)
  }

  /// - Throws: `WeightMismatch`, errors in the files.
  package func denoiser(_ model: RequestedModel) throws -> any Denoiser {
    try loaded.withLock { loaded in
      try loaded.denoiser.part(for: model.loras.files(changing: .denoiser, .motion)) {
        try model.denoiser(model.loras)
      }
    }
  }

  /// The denoiser of the avoided branch alone, of another model or with LoRAs of its own; nil where both have the same.
  ///
  /// Another request's is let go of.
  ///
  /// - Throws: as `denoiser`.
  package func negativeDenoiser(_ model: RequestedModel) throws -> (any Denoiser)? {
    try loaded.withLock { loaded in
      if let negative = model.negativeModel {
        return try loaded.negativeDenoiser.part(for: [negative.reference]) { try negative.load() }
      }
      if let loras = model.negativeLoras(changing: .denoiser, .motion) {
        return try loaded.negativeDenoiser.part(for: loras.files) { try model.denoiser(loras) }
      }
      loaded.negativeDenoiser.release()
      return nil
    }
  }

  /// - Throws: `WeightMismatch`, errors in the files.
  package func autoencoder(_ model: RequestedModel) throws -> any LatentCodec {
    try loaded.withLock { loaded in
      try loaded.autoencoder.part(for: model.otherAutoencoder?.reference) {
        let files = model.files
        if let other = model.otherAutoencoder { return try other.files.load(dtype: files.dtype) }
        return try files.source.component("vae").weights(dtype: files.dtype.dataType, checkFinite: true)
          .build { try files.autoencoder.get().codec($0) }
      }
    }
  }

  /// - Throws: `WeightMismatch`, `TokenizerError`, errors in the files.
  package func promptEncoder(_ model: RequestedModel) throws -> PromptEncoder {
    try loaded.withLock { loaded in
      try loaded.promptEncoder.part(for: model.loras.files(changing: .textEncoder)) {
        try model.promptEncoder(model.loras)
      }
    }
  }

  /// The encoder of the texts to avoid, with LoRAs of its own; nil where both branches have the same.
  ///
  /// Another request's is let go of.
  ///
  /// - Throws: as `promptEncoder`.
  package func negativePromptEncoder(_ model: RequestedModel) throws -> PromptEncoder? {
    try loaded.withLock { loaded in
      if let loras = model.negativeLoras(changing: .textEncoder) {
        return try loaded.negativePromptEncoder.part(for: loras.files) { try model.promptEncoder(loras) }
      }
      loaded.negativePromptEncoder.release()
      return nil
    }
  }

  /// The tuned text encoders of one request, in order, with the model's own tokenizer; others are let go of.
  ///
  /// - Throws: `WeightMismatch`, what is wrong with the files.
  package func tunedEncoders(_ model: RequestedModel) throws -> [PromptEncoder] {
    let tokenizer = try model.tunedEncoders.isEmpty ? nil : promptEncoder(model).tokenizer
    return try loaded.withLock { loaded in
      let keys = Set(model.tunedEncoders.map(\.key))
      loaded.tunedEncoders = loaded.tunedEncoders.filter { keys.contains($0.key) }
      guard let tokenizer else { return [] }
      return try model.tunedEncoders.map { files in
        if let known = loaded.tunedEncoders[files.key] { return known }
        let encoder = PromptEncoder(tokenizer: tokenizer, tower: try files.load())
        loaded.tunedEncoders[files.key] = encoder
        return encoder
      }
    }
  }

  /// The ControlNets of one request, in order; others are let go of.
  ///
  /// - Throws: `WeightMismatch`, errors in the files.
  func controlNets(_ references: [FileReference], dtype: ComputeType) throws -> [ControlNetModel] {
    try loaded.withLock { loaded in
      loaded.controlNets = loaded.controlNets.filter { references.contains($0.key) }
      return try references.map { reference in
        if let known = loaded.controlNets[reference] { return known }
        let network = try ControlNetFiles(reference).load(dtype: dtype)
        loaded.controlNets[reference] = network
        return network
      }
    }
  }

  /// A model as a request wants it; the files that it names are read and hashed anew where they are others than before.
  ///
  /// - Throws: `LoRAError`, `TensorFileError`, `RequestError`, `ModelError` for a file that is not what it was.
  func requested(
    _ files: ModelFiles, vae: FileReference?, loras: [FileReference], negativeLoras: [FileReference] = [],
    textEncoders: [FileReference], negativeModel: FileReference? = nil
  ) throws -> RequestedModel {
    try loaded.withLock { loaded in
      let path = try vae?.filePath(for: RequestField(.vae))
      if let vae, let known = loaded.otherAutoencoder, known.reference.path == path {
        try known.reference.requireContent(of: vae)
      } else {
        loaded.otherAutoencoder = try vae.map { try OtherAutoencoder($0) }
      }
      if try !loaded.loras.isFor(loras) {
        loaded.loras = try LoRASelection(loras, for: files)
        // Which of its files are the avoided branch's alone is another matter now.
        loaded.negativeLoras = nil
      }
      if negativeLoras.isEmpty {
        loaded.negativeLoras = nil
      } else if let negativeModel {
        throw RequestError(
          .negativeLoras, found: "given with \(field: .negativeModel) \(negativeModel.path)",
          expected: "one of the two: they are two ways to another network in the avoided branch")
      } else if try loaded.negativeLoras?.isFor(loras + negativeLoras) != true {
        loaded.negativeLoras = try loaded.loras.adding(negativeLoras, for: files)
      }
      let tuned = try TunedTextEncoder.selection(textEncoders, for: files, known: loaded.tunedFiles)
      // A comparison asks for them in turns.
      loaded.tunedFiles = tuned + loaded.tunedFiles.filter { known in !tuned.contains { $0.key == known.key } }
      if let negativeModel, let known = loaded.negativeModel, known.reference.path == negativeModel.path {
        try known.reference.requireContent(of: negativeModel)
      } else {
        loaded.negativeModel = try negativeModel.map { try NegativeModel($0, for: files) }
      }
      return try RequestedModel(
        files, autoencoder: loaded.otherAutoencoder, loras: loaded.loras, negativeLoras: loaded.negativeLoras,
        tunedEncoders: tuned, negativeModel: loaded.negativeModel)
    }
  }

  // MARK: Letting go

  /// Lets go of everything; it is read again when it is needed.
  func release() { loaded.withLock { $0 = Loaded() } }

  func releaseTextEncoder() {
    loaded.withLock { loaded in
      loaded.promptEncoder.release()
      loaded.negativePromptEncoder.release()
      loaded.tunedEncoders = [:]
    }
  }

  /// Lets go of the networks that take part in the steps.
  func releaseDenoiser() {
    loaded.withLock { loaded in
      loaded.denoiser.release()
      loaded.negativeDenoiser.release()
      loaded.controlNets = [:]
    }
  }

  /// Names of the loaded parts, as in a model's folder.
  package var names: Set<String> {
    loaded.withLock { loaded in
      var names: Set<String> = []
      if loaded.denoiser.isLoaded { names.insert("unet") }
      if loaded.autoencoder.isLoaded { names.insert("vae") }
      if loaded.promptEncoder.isLoaded { names.insert("text_encoder") }
      return names
    }
  }
}

extension ModelFiles {
  /// - Throws: `TokenizerError`, `CheckpointError.noTokenizer`, `ModelFolderError`.
  func tokenizer() throws -> CLIPTokenizer { try source.tokenizer(options) }
}
