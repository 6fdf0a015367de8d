import ArgumentParser
import Foundation
import NegativeSpaceKernels
import NegativeSpaceMedia
import NegativeSpacePipelines

/// `negspace reproduce`: a file once more, from its settings.
struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Generate a file again from the settings stored in it, and say whether the pixels are identical.",
    discussion: """
      Ends with status 1 if they are not. Pictures of A1111's web UI and of ComfyUI are made once more as far as their \
      settings say how, with the model that -m names.

      Examples:
        negspace reproduce output.mp4
        negspace reproduce output.png -o again.png
        negspace reproduce from-a1111.png -m ~/models/stable-diffusion-v1-5 -o again.png
      """)

  @Argument(
    help: ArgumentHelp("A picture or video with settings in it.", valueName: "file"), completion: .file())
  var file: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The model, if it is not where it was.", valueName: "path"),
    completion: .file())
  var model: String?

  @Option(
    name: .customLong("file"),
    help: ArgumentHelp(
      "Where a file that the settings name is now; repeatable. One is used only if its content is as it was.",
      valueName: "RECORDED=PATH"), completion: .file())
  var files: [String] = []

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the new one here. (default: only compare)", valueName: "path"),
    completion: .file())
  var output: String?

  @Flag(help: "Also where the settings ask for more than 64 times the pixels of all frames that the model is for.")
  var allowLarge = false

  @Option(name: .shortAndLong, help: "Threads. (default: as many as then)")
  var threads: Int?

  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  private struct Outcome: Encodable {
    let identical: Bool
    let path: String?
    let expected: String
    let found: String
    let differences: [String]
    let pixels: PixelDifference?
  }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); expected a number from 1 to 1024.")
    }
    if let bad = files.first(where: { !$0.contains("=") }) {
      throw ValidationError("--file is \(bad); expected RECORDED=PATH")
    }
  }

  func run() throws {
    let interruption = Interruption()
    let texts = try ContainerMetadata.read(file)
    let (record, diffusion, missing) =
      if texts.negspace == nil, let foreign = ForeignSettings(texts) {
        try opened(foreign)
      } else {
        try recorded()
      }
    try requireMeasure(record.request, diffusion)
    try diffusion.load(isCancelled: { interruption.isRaised })
    for line in missing { reporting.note("Not as in the file: \(line)") }
    let differences = try missing + differences(record, diffusion)
    for difference in differences.dropFirst(missing.count) { reporting.note("Note: \(difference)") }

    let progress = reporting.progress
    let written = try output.map { try GenerationOutput(path: $0, kind: record.model.kind, fps: record.request.fps) }
    defer { written?.cancel() }
    // A moving WebP has settings, and no frames that can be read here.
    let comparison: PixelComparison?
    do { comparison = try PixelComparison(contentsOf: file, record.model.kind) } catch MediaError.unsupported {
      comparison = nil
    }
    let result = try diffusion.generate(record.request, isLast: true, isCancelled: { interruption.isRaised }) { event in
      switch event {
      case .step(let step): progress.update("step", step.index + 1, of: step.count)
      case .latents: progress.end()
      default: break
      }
    } frame: {
      try written?.write($0)
      try comparison?.add($0)
    }
    var again = try GenerationRecord(result, by: diffusion)
    again.model.path = record.model.path
    try written?.finish(again)

    let identical = result.pixelsSHA256 == record.output.pixelsSHA256
    let outcome = Outcome(
      identical: identical, path: output, expected: record.output.pixelsSHA256, found: result.pixelsSHA256,
      differences: differences, pixels: identical ? nil : comparison?.difference)
    if reporting.json {
      try Console.result(json: outcome)
    } else {
      try Console.result(identical ? "identical" : "different")
    }
    if !identical {
      for line in explanation(outcome, comparison) { reporting.note(line) }
      throw ExitCode.failure
    }
  }

  /// Refuses sizes far beyond the model's own: they may be a stranger's, and take memory and time without measure.
  private func requireMeasure(_ request: GenerationRequest, _ model: DiffusionModel) throws {
    let own = model.defaults
    let (width, height) = (request.width ?? own.width, request.height ?? own.height)
    let frames = request.frames ?? own.frames
    // As numbers that cannot overflow.
    let asked = Double(width) * Double(height) * Double(max(1, frames))
    let usual = Double(own.width) * Double(own.height) * Double(max(1, own.frames))
    guard asked > 64 * usual, !allowLarge else { return }
    let text = "\(width)×\(height)" + (frames > 1 ? " in \(frames) frames" : "")
    throw ValidationError(
      "The settings in \(file) ask for \(text), more than 64 times what \(model.path) is for; if that is meant, "
        + "say --allow-large")
  }

  private typealias Opened = (record: GenerationRecord, model: DiffusionModel, missing: [String])

  /// The file's own record, proven, and its model.
  private func recorded() throws -> Opened {
    do {
      let stranger = try GenerationRecord(contentsOf: file)
      let named = stranger.namedFiles
      let record = try stranger.checked(
        replacements: Dictionary(files.map { Self.replacement($0, named) }) { $1 })
      if let output { try GenerationOutput.check(output, record.model.kind) }
      Threads.use(threads ?? record.compute.threads)
      let (place, isRecorded) = try place(record.model)
      let diffusion = try DiffusionModel(
        path: place, options: record.model.options ?? ModelOptions(), dtype: record.request.dtype)
      if isRecorded { try record.require(diffusion.identity()) }
      _ = try diffusion.resolve(record.request)
      return (record, diffusion, [])
    } catch let error as RecordError {
      guard case .untrusted(let field, let path, _, _) = error else { throw error }
      let option = field == "model" ? "--model PATH" : "--file '\(path)=PATH'"
      Console.message("Error: \(error) Say where it is with \(option).")
      throw ExitCode.failure
    }
  }

  /// RECORDED and PATH of an option's value; both may have "=" in them.
  private static func replacement(_ text: String, _ named: Set<String>) -> (String, String) {
    let places = text.indices.filter { text[$0] == "=" }
    let place = places.first { named.contains(String(text[..<$0])) } ?? places.first ?? text.endIndex
    return (String(text[..<place]), String(text[place...].dropFirst()))
  }

  /// What another program's settings come to, on the model that was named.
  private func opened(_ foreign: ForeignSettings) throws -> Opened {
    guard let model else {
      Console.message(
        "Error: \(file) was made by \(foreign.program.rawValue)"
          + (foreign["Model"].map { " with the model \($0)" } ?? "") + "; name the model's folder or file with --model."
      )
      throw ExitCode.failure
    }
    if let output { try GenerationOutput.check(output, .image) }
    if let threads { Threads.use(threads) }
    let (request, missing) = foreign.request()
    try request.validate()
    let diffusion = try DiffusionModel(path: model, options: ModelOptions(), dtype: nil)
    let record = try GenerationRecord(foreign: request, by: diffusion, picture: Picture(contentsOf: file))
    return (record, diffusion, missing)
  }

  /// How the pixels differ, and why they may.
  private func explanation(_ outcome: Outcome, _ comparison: PixelComparison?) -> [String] {
    var lines: [String] = []
    if let pixels = outcome.pixels {
      let kept = comparison?.fileSHA256 == outcome.expected ? "" : ", with what the file's own compression changed"
      lines.append(
        String(
          format: "The pixels differ from those of \(file): by at most %d of 255 grey levels, %.3f in the mean",
          pixels.largest, pixels.mean)
          + (pixels.psnr.map { String(format: " (PSNR %.1f dB)", $0) } ?? "") + kept + ".")
    } else if comparison == nil {
      lines.append("By how much cannot be said: the frames of \(file) cannot be read here.")
    } else {
      lines.append("The frames of \(file) have another size or number.")
    }
    lines.append(
      outcome.differences.isEmpty
        ? "Model, version, library and threads are the same: another processor or program rounds otherwise."
        : "That may come of what is named above.")
    return lines
  }

  /// Path of the model now: as asked, where it was, or the family's; and whether the file alone names it.
  private func place(_ recorded: GenerationRecord.Model) throws -> (path: String, isRecorded: Bool) {
    if let model { return (model, false) }
    if FileManager.default.fileExists(atPath: recorded.path) {
      try GenerationRecord.requirePlain(recorded.path)
      return (recorded.path, true)
    }
    // A name that leads elsewhere is none of the family's.
    let isName = !recorded.name.contains("/") && !recorded.name.hasPrefix(".")
    return (try DefaultModel.folder(isName ? recorded.name : DefaultModel.name(recorded.kind)), false)
  }

  /// Differences to the state in which the file was made.
  private func differences(_ record: GenerationRecord, _ diffusion: DiffusionModel) throws -> [String] {
    var lines: [String] = []
    func compare(_ what: String, _ then: String, _ now: String) {
      if then != now { lines.append("\(what) was \(then) and is \(now)") }
    }
    let identity = try diffusion.identity()
    compare("the model's hash", String(record.model.hash.prefix(16)), String(identity.hash.prefix(16)))
    compare("the program's version", record.version, ProgramVersion.current)
    compare("the computing library", record.compute.backend, Compute.backend.name)
    compare("the number of threads", "\(record.compute.threads)", "\(Threads.count)")
    return lines
  }
}
