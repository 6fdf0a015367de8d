import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceSampling

/// A model of a comparison with its requests: one for each prompt, seed and arm, with nothing left open.
final class ModelCells {
  let spec: ComparedModel
  let model: DiffusionModel
  let identity: ModelIdentity
  /// Notes on the model and the embeddings, a line each.
  let notes: [String]
  /// Settings that all runs have in common, resolved, without prompt, negative and ControlNet.
  let base: GenerationRequest
  private let comparison: Comparison
  /// The same of each arm, with what it changes beside the negative.
  private let bases: [GenerationRequest]
  /// Of each arm, the request's negatives: one for all prompts, or one for each.
  private let negatives: [[FileReference]]
  /// None, one for all prompts, or one for each.
  private let controls: [ControlCondition]

  /// Opens the model and refuses what does not go with it.
  ///
  /// - Throws: `RequestError`, `ModelError`, `EmbeddingError`, `EvaluationError`, errors in a file.
  init(_ spec: ComparedModel, _ comparison: Comparison) throws {
    (self.spec, self.comparison) = (spec, comparison)
    var options = comparison.modelOptions
    options.motionAdapter = spec.parts.motionAdapter
    model = try DiffusionModel(path: spec.path, options: options, dtype: comparison.dtype)
    identity = try model.identity()
    var request = comparison.request
    (request.vae, request.loras) = (spec.parts.vae.map { FileReference(path: $0) }, spec.parts.loras)
    // A picture has neither frames nor their rate.
    if model.kind == .image { (request.frames, request.fps) = (nil, nil) }
    let base = try model.resolve(request)
    self.base = base
    // What the model fills in for one sampler or rule need not hold for another's.
    bases = try comparison.arms.map { [model] arm in
      arm.changes == ArmChanges() ? base : try model.resolve(arm.changes.applied(to: request))
    }
    negatives = try comparison.arms.map { arm in
      switch arm.content {
      case .empty, .words: return []
      case .file(let file): return [try file.hashed()]
      case .folder(let folder):
        return try PerPromptFiles.embeddings(folder.path, prompts: spec.prompts).map {
          try FileReference(path: $0, weight: folder.weight).hashed()
        }
      }
    }
    let model = model
    controls = try spec.controls().map { control in
      var request = base
      request.controls = [control]
      return try model.resolve(request).controls[0]
    }
    var notes = model.notes
    for (base, files) in zip(bases, negatives) {
      if files.isEmpty, base != self.base {
        notes += try model.promptStates(base).notes.filter { !notes.contains($0) }
      }
      for (index, file) in files.enumerated() {
        var request = base
        request.negativeEmbeddings = [file]
        try request.validate()
        let found = try model.promptStates(request).notes
        // One for each prompt: one line for all of them.
        if index == 0 { notes += found.filter { !notes.contains($0) } }
      }
      if files.count > 1 { notes.append("The other \(files.count - 1) of that folder fit as well.") }
    }
    self.notes = notes
  }

  var isClip: Bool { model.kind == .video }

  /// The request of a cell, with the result's enlargement as its scale.
  func request(prompt: Int, seed: Int, arm: Int) -> GenerationRequest {
    var request = bases[arm]
    request.prompt = spec.prompts[prompt]
    request.seed = .number(comparison.seed(prompt: prompt, seed))
    if case .words(let words) = comparison.arms[arm].content { request.negativePrompt = words }
    let changes = comparison.arms[arm].changes
    request.negativePrompt = changes.words(for: request.prompt, besides: request.negativePrompt)
    request.negativeWriter = changes.negativeWriter
    let files = negatives[arm]
    request.negativeEmbeddings = files.isEmpty ? [] : [files.count == 1 ? files[0] : files[prompt]]
    request.controls = controls.isEmpty ? [] : [controls.count == 1 ? controls[0] : controls[prompt]]
    return request
  }

  func key(prompt: Int, seed: Int, arm: Int) throws -> String {
    try CellKey.key(
      request(prompt: prompt, seed: seed, arm: arm), search: comparison.arms[arm].changes.negativeSearch,
      model: identity, kind: model.kind, options: model.options)
  }

  /// The request that is made with the negatives that a search of this arm finds for it, in a file.
  ///
  /// - Throws: `GenerationError.cancelled`, the search's own errors.
  private func found(
    by search: ArmSearch, _ request: GenerationRequest, arm: Int, file: String,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> GenerationRequest {
    var open = request
    // What the model fills in is no wish of the user's, and a search has its own.
    let changes = comparison.arms[arm].changes
    open.sampler = changes.sampler ?? comparison.request.sampler
    open.eta = changes.eta ?? comparison.request.eta
    do {
      var found = try search.found(model, open, file, isCancelled)
      found.negativeEmbeddings = try found.negativeEmbeddings.map { try $0.hashed() }
      found.noise = try found.noise?.hashed()
      return found
    } catch is CancellationError {
      throw GenerationError.cancelled(phase: "searching a negative", latents: nil)
    }
  }

  /// Makes the frames of a cell, before enlargement.
  ///
  /// - Parameter negatives: the file for what a search of its arm finds.
  /// - Throws: `GenerationError.cancelled`, errors in the model.
  func generate(
    _ request: GenerationRequest, arm: Int, negatives: String, isCancelled: @escaping @Sendable () -> Bool,
    warn: (String) -> Void
  ) throws -> (frames: [Picture], record: GenerationRecord) {
    var request = request
    request.scale = 1
    if let search = comparison.arms[arm].changes.negativeSearch {
      request = try found(by: search, request, arm: arm, file: negatives, isCancelled: isCancelled)
    }
    var frames: [Picture] = []
    let result = try model.generate(request, isCancelled: isCancelled) { event in
      if case .warning(let text) = event { warn(text) }
    } frame: { frame in
      frames.append(frame.picture)
    }
    var record = try GenerationRecord(result, by: model)
    record.model.path = spec.path
    return (frames, record)
  }

  /// The settings that a reader wants to know.
  var settings: [(name: String, value: String)] {
    let size = "\(base.width ?? 0)×\(base.height ?? 0)"
    var settings = [
      ("model", "\(identity.name) (\(model.kind.rawValue), \(identity.hash.prefix(10)))"),
      ("steps", "\(base.steps ?? 0), \(base.sampler?.rawValue ?? "?")"),
      ("guidance", ScoreText.plain(base.guidanceScale ?? 0)),
      ("size", isClip ? "\(size), \(base.frames ?? 0) frames at \(base.fps ?? "8") a second" : size),
      ("computed in", base.dtype?.rawValue ?? "?"),
    ]
    let parts = spec.parts
    if let adapter = parts.motionAdapter { settings.append(("motion adapter", adapter)) }
    if let vae = parts.vae { settings.append(("autoencoder", vae)) }
    if !parts.loras.isEmpty {
      let loras = parts.loras.map { "\($0.path) × \(ScoreText.plain($0.weight ?? 1))" }
      settings.append(("LoRA", loras.joined(separator: ", ")))
    }
    if let control = spec.control {
      let edges = control.canny ? ", its edges" : ""
      settings.append(("ControlNet", "\(control.net) shown \(control.image)\(edges)"))
    }
    return settings
  }
}
