import ArgumentParser
import Foundation
import NegativeSpaceLearning
import NegativeSpacePipelines

/// A run of `image` or `video`: every prompt with every seed, one file each.
struct GenerationRun {
  let kind: ModelKind
  /// The folder or file; nil is the family's.
  let modelPath: String?
  let modelOptions: ModelOptions
  /// Request that all have in common; prompts and seed vary.
  let request: GenerationRequest
  let prompts: [PromptPair]
  let parts: ModelPartOptions
  /// The writer of each prompt's negative, if there is one.
  let writerPath: String?
  /// A negative to be searched for while sampling.
  let search: SearchOptions
  let compute: ComputeOptions
  let output: OutputOptions
  let preview: PreviewOptions
  let reporting: ReportingOptions

  /// Result of one file, for `--json`.
  struct Outcome: Encodable {
    let path: String
    let latents: String?
    let seconds: GenerationResult.Seconds
    let settings: GenerationRecord
  }

  private struct Outcomes: Encodable {
    let outputs: [Outcome]
    let seconds: Double
  }

  func run() throws {
    let interruption = Interruption()
    let clock = ContinuousClock()
    let start = clock.now
    let count = prompts.count * output.batchCount
    let names = OutputNames(
      output.output ?? (kind == .image ? "output.png" : "output.mp4"), first: output.outputBeginIdx)
    let latentNames = output.saveLatents.map { OutputNames($0, first: output.outputBeginIdx) }
    try request.validate()
    _ = try request.seed.advanced(by: output.batchCount - 1)
    try checkOutputs(names, latentNames, count: count)
    try preview.check()
    compute.apply()

    let path = try modelPath.map(located) ?? DefaultModel.folder(DefaultModel.name(kind))
    let model = try DiffusionModel(path: path, options: modelOptions, dtype: compute.dtype)
    guard model.kind == kind else {
      let (command, hint) = kind == .image ? ("video", "negspace video --frames 1") : ("image", "negspace image")
      throw ModelError.wrongKind(path: path, makes: command, hint: hint)
    }
    reporting.detail("Model \(path).")
    for note in model.notes { reporting.note(note) }
    let first = try model.resolve(request)
    // What a prompt names shows before the first step if it is not there; nothing is hashed once more for it.
    let requests = try parts.requests(request, for: prompts).map { wanted in
      var resolved = first
      if (wanted.loras, wanted.embeddings) != (request.loras, request.embeddings) {
        resolved = try model.resolve(wanted)
      }
      (resolved.prompt, resolved.negativePrompt) = (wanted.prompt, wanted.negativePrompt)
      return resolved
    }
    let writer = try writerPath.map { try RunWriter(path: $0, for: model) }
    let search = try search.search(model, reporting)
    try model.load(for: first, isCancelled: { interruption.isRaised })
    if compute.dtype == nil { reporting.note(compute.explanation) }

    let previewDecoder = try preview.decoder(model, for: first)
    // The shipped family's place differs from machine to machine.
    let name = modelPath == nil ? DefaultModel.name(kind) : path
    var outcomes: [Outcome] = []
    let said = SaidTexts()
    var wordsOfPrompt = first
    for index in 0..<count {
      let prompt = index / output.batchCount
      // Seeds of one prompt share what is written for it.
      if index % output.batchCount == 0 {
        wordsOfPrompt = requests[prompt]
        try writer?.write(into: &wordsOfPrompt, reporting, isCancelled: { interruption.isRaised })
      }
      var request = wordsOfPrompt
      request.seed = try first.seed.advanced(by: index % output.batchCount)
      if count > 1 || self.request.seed == .drawn { reporting.note("\(names.name(index)): seed \(request.seed)") }
      if let search { request = try found(by: search, request, beside: names.name(index), interruption) }
      let watch = try GenerationWatch(
        reporting, said: said, preview: preview, previewDecoder,
        latents: latentNames.map { ($0.name(index), request.seed) },
        framesFolder: output.saveFrames.map { count == 1 ? $0 : "\($0)/\(stem(names.name(index)))" })
      do {
        let made = try model.write(
          request, named: name, to: names.name(index), isRecorded: !output.disableImageMetadata,
          isLast: index + 1 == count, isCancelled: { interruption.isRaised }, report: watch.saw, frame: watch.saw)
        try watch.finish(made.result.seconds)
        outcomes.append(
          Outcome(
            path: names.name(index), latents: latentNames?.name(index), seconds: made.result.seconds,
            settings: made.record))
      } catch {
        try watch.finish(error)
        throw error
      }
      if !reporting.json { try Console.result(names.name(index)) }
    }
    let seconds = (clock.now - start) / .seconds(1)
    reporting.detail(String(format: "%.2f s in all.", seconds))
    if reporting.json { try Console.result(json: Outcomes(outputs: outcomes, seconds: seconds)) }
  }

  /// The request with the negatives that a search finds for it, written beside its output.
  private func found(
    by search: NegativeSearch, _ request: GenerationRequest, beside path: String, _ interruption: Interruption
  ) throws -> GenerationRequest {
    let progress = reporting.progress
    defer { progress.end() }
    do {
      var open = request
      // What the model fills in is no wish of the user's.
      if self.request.sampler == nil { open.sampler = nil }
      if self.request.eta == nil { open.eta = nil }
      let result = try search.search(
        open, report: { progress.update("searching", $0, of: $1) }, isCancelled: { interruption.isRaised })
      progress.end()
      let file = free(negatives(beside: path))
      try result.write(to: file)
      reporting.note("\(file): a negative for each step, a reward of \(result.reward) after \(result.calls) calls.")
      return try replay(result, file)
    } catch is CancellationError {
      throw GenerationError.cancelled(phase: "searching a negative", latents: nil)
    }
  }

  private func replay(_ result: NegativeSearch.Result, _ file: String) throws -> GenerationRequest {
    var request = result.replay(file)
    request.negativeEmbeddings = try request.negativeEmbeddings.map { try $0.hashed() }
    request.noise = try request.noise?.hashed()
    return request
  }

  /// Everything that can be refused is refused before the model is opened.
  private func checkOutputs(_ names: OutputNames, _ latents: OutputNames?, count: Int) throws {
    for index in 0..<count {
      try GenerationOutput.check(names.name(index), kind)
      let found = search.negativeSearch.map { _ in negatives(beside: names.name(index)) }
      if let found { try GenerationOutput.checkWritable(found) }
      guard let latents = latents?.name(index) else { continue }
      if let other = [names.name(index), found].compactMap(\.self).first(where: { isSameFile($0, latents) }) {
        throw ValidationError("--save-latents is \(latents), and \(other) is written, too; expected another file")
      }
      try GenerationOutput.checkWritable(latents)
    }
    if let folder = output.saveFrames {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw ModelError.unwritable(path: folder, reason: systemReason(error))
      }
      try GenerationOutput.checkWritable(folder + "/frame_0001.png")
    }
  }

  /// The file of the negatives that a search finds.
  private func negatives(beside path: String) -> String {
    "\(URL(fileURLWithPath: path).deletingPathExtension().relativePath).negatives.safetensors"
  }

  /// The file, or where there is one already the next with a number: an older picture's record may name it.
  private func free(_ file: String) -> String {
    let stem = String(file.dropLast(".safetensors".count))
    return (1...).lazy.map { $0 == 1 ? file : "\(stem)-\($0).safetensors" }
      .first { !FileManager.default.fileExists(atPath: $0) } ?? file
  }

  private func stem(_ path: String) -> String {
    URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }
}
