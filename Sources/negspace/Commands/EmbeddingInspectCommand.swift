import ArgumentParser
import Pipelines

/// `negspace embedding inspect`: what is in an embedding file, and whether it fits a model.
struct EmbeddingInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Say what is in an embedding file, and with --model whether it fits.",
    discussion: "Ends with status 1 if it does not fit.")

  @Argument(help: "The file.")
  var file: String

  @Option(name: .shortAndLong, help: "A model folder in diffusers' layout.")
  var model: String?

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  private struct Outcome: Encodable {
    let file: EmbeddingInspection
    let fits: Bool?
    let problem: String?
  }

  func run() throws {
    let inspection = try EmbeddingInspection(contentsOf: file)
    let model = try model.map { try DiffusionModel(folder: $0) }
    let problem = model.flatMap { inspection.problem(with: $0) }
    if json {
      try Console.result(json: Outcome(file: inspection, fits: model.map { _ in problem == nil }, problem: problem))
    } else {
      Console.result("\(file)  SHA-256 \(inspection.sha256.prefix(16))")
      for entry in inspection.entries {
        let meaning =
          entry.width.map { "\(entry.kind.rawValue), \(entry.rows ?? 1) rows of width \($0)" } ?? "no embedding"
        Console.result("  \(entry.name)  \(entry.dtype) \(entry.shape)  \(meaning)")
      }
      for (key, value) in inspection.metadata.sorted(by: { $0.key < $1.key }) { Console.result("  \(key): \(value)") }
      if let model, problem == nil {
        Console.result("Fits \(model.path): its text states have the width \(model.textWidth) too.")
      }
    }
    if let problem {
      Console.message("Error: \(problem)")
      throw ExitCode.failure
    }
  }
}
