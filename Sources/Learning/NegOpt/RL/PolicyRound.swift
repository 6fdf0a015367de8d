import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles

/// A round of texts with their rewards, and what the next one begins with; kept in a file, so that a run that was
/// interrupted goes on with the very same.
struct PolicyRound: Sendable, Hashable {
  var texts: [PolicyText]
  /// The weight of the divergence for this round.
  var beta: Float
  /// The classes' shares after it.
  var marginal: [Float]

  /// The mean of the texts' divergence, a token.
  var divergence: Float { texts.reduce(0) { $0 + $1.divergence } / Float(max(1, texts.count)) }

  /// The name of the rounds' folder within the run's.
  static let folder = "rounds"

  static func path(_ index: Int, in folder: String) -> String {
    "\(folder)/\(Self.folder)/\(String(format: "%06d", index)).json"
  }

  /// Reads a round; nil where it was not yet written.
  ///
  /// - Throws: `ConfigurationError`.
  init?(_ index: Int, in folder: String) throws {
    let path = Self.path(index, in: folder)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try ConfigFile(path: path, limit: 256 << 20)
    beta = Float(try file.number("beta"))
    marginal = try file.numbers("marginal").map { Float($0) }
    texts = try file.sections("texts").map { text in
      func floats(_ key: String) throws -> [Float] { try text.numbers(key).map { Float($0) } }
      return PolicyText(
        prompt: try text.integers("prompt"), written: try text.integers("written"),
        logProbabilities: try floats("log_probabilities"), reference: try floats("reference"),
        values: try floats("values"), reward: Float(try text.number("reward")))
    }
  }

  init(texts: [PolicyText], beta: Float, marginal: [Float]) {
    (self.texts, self.beta, self.marginal) = (texts, beta, marginal)
  }

  /// - Throws: `FileError.unwritable`.
  func write(_ index: Int, in folder: String) throws {
    func floats(_ values: [Float]) -> JSONValue { .array(values.map { .number(Double($0)) }) }
    func integers(_ values: [Int]) -> JSONValue { .array(values.map { .integer($0) }) }
    let document = JSONValue.object([
      "beta": .number(Double(beta)), "marginal": floats(marginal),
      "texts": .array(
        texts.map { text in
          .object([
            "prompt": integers(text.prompt), "written": integers(text.written),
            "log_probabilities": floats(text.logProbabilities), "reference": floats(text.reference),
            "values": floats(text.values), "reward": .number(Double(text.reward)),
          ])
        }),
    ])
    let path = Self.path(index, in: folder)
    try FileManager.default.createDirectory(
      atPath: path.parentFolder, withIntermediateDirectories: true)
    try OutputFile.write(document.text() + "\n", to: path)
  }
}
