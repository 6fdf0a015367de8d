import ArgumentParser
import NegativeSpacePipelines

/// `negspace embedding inspect`: the contents of an embedding file, and whether it fits a model.
struct EmbeddingInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Say what is in an embedding file, and with --model whether it fits.",
    discussion: """
      Ends with status 1 if it does not fit.

      Examples:
        negspace embedding inspect Models/emoji-negative.safetensors
        negspace embedding inspect reneg.bin -m stable-diffusion-v1-5/stable-diffusion-v1-5
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file"), completion: .file())
  var file: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("A model: a folder or a file.", valueName: "path"), completion: .file())
  var model: String?

  @OptionGroup(title: "Model") var files: ModelFileOptions

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  @Option(help: "Which layer of the text encoder is used, counted from the end: 1 is the last, 2 the penultimate.")
  var clipSkip = 1

  private struct Outcome: Encodable {
    let file: EmbeddingInspection
    let fits: Bool?
    let closeness: String?
    let problem: String?
  }

  func run() throws {
    let inspection = try EmbeddingInspection(contentsOf: file)
    let model = try model.map { try DiffusionModel(path: $0, options: files.options) }
    let problem = try model.map { try inspection.problem(with: $0, clipSkip: clipSkip) } ?? inspection.problem
    let closeness = try model.flatMap { try inspection.closeness(to: $0, clipSkip: clipSkip) }
    if json {
      try Console.result(
        json: Outcome(
          file: inspection, fits: model.map { _ in problem == nil }, closeness: closeness.map { "\($0)" },
          problem: problem))
    } else {
      try print(inspection)
      if let model, problem == nil {
        let space =
          closeness.map { "its text space is \($0)" }
          ?? "the width \(model.textWidth) is the same; the file does not say which text space it is"
        try Console.result("Fits \(model.path): \(space).")
      }
    }
    if let problem {
      Console.message("Error: \(problem)")
      throw ExitCode.failure
    }
  }

  private func print(_ inspection: EmbeddingInspection) throws {
    try Console.result("\(file)  SHA-256 \(inspection.sha256.prefix(16))")
    for entry in inspection.entries {
      let meaning =
        entry.width.map { "\(entry.kind.rawValue), \(entry.rows ?? 1) rows of width \($0)" } ?? "no embedding"
      let word = entry.token.map { ", in prompts \($0)" } ?? ""
      try Console.result("  \(entry.name)  \(entry.dtype) \(entry.shape)  \(meaning)\(word)")
    }
    if let space = inspection.space { try Console.result("  text space: \(space)") }
    if let provenance = inspection.provenance { try Console.result("  learned: \(provenance)") }
    for (key, value) in inspection.metadata.sorted(by: { $0.key < $1.key }) { try Console.result("  \(key): \(value)") }
  }
}
