import ArgumentParser
import NegativeSpaceLearning

/// `negspace learn negopt sft`: a writer from examples.
struct LearnNegOptSFTCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sft", abstract: "Learn to write negatives from prompts with the negatives that people wrote.",
    discussion: """
      The writer is a T5: the one that --model names, or a small new one with a vocabulary of its own. The run keeps its state in --run \
      and goes on from there when it is started again; the best state on held-out prompts is written to --output, a folder that \
      transformers reads too.

      Examples:
        negspace learn negopt sft --data prompts.csv -o writer
      """)

  @OptionGroup(title: "Data") var pairs: PairOptions
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A T5 to start from, as transformers saves it. (default: a new one)", valueName: "path"),
    completion: .file())
  var model: String?
  @Option(help: "Of a new one: pieces of its vocabulary, at most. (default: 2000)")
  var pieces: Int?
  @Option(help: "Of a new one: width of its states. (default: 192)")
  var width: Int?
  @Option(help: "Of a new one: layers of encoder and decoder each. (default: 3)")
  var layers: Int?
  @Option(help: "Of a new one: heads, which divide the width. (default: 4)")
  var heads: Int?
  @Option(help: "Optimiser steps.")
  var steps = 5000
  @Option(help: "Pairs a step.")
  var batch = 32
  @Option(
    help: "The highest learning rate; it falls along a cosine. (default: 3e-4; a new writer, or by adafactor, 1e-3)")
  var rate: Float?
  @Option(help: "What moves the weights: adamw, adafactor (less memory).")
  var optimizer = WriterOptimizer.adamW
  @Option(help: "Tokens of a prompt that are read.")
  var promptTokens = 128
  @Option(help: "Tokens of a negative that are learned.")
  var negativeTokens = 96
  @OptionGroup(title: "Run") var options: WriterRunOptions
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    for (name, value) in [
      ("--steps", steps), ("--batch", batch), ("--prompt-tokens", promptTokens), ("--negative-tokens", negativeTokens),
    ] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    let sizes = [("--pieces", pieces), ("--width", width), ("--layers", layers), ("--heads", heads)]
    if model != nil, let size = sizes.first(where: { $0.1 != nil }) {
      throw ValidationError("\(size.0) is a size of a new writer; with --model it has no effect")
    }
    if let rate, !(rate > 0 && rate.isFinite) {
      throw ValidationError("--rate is \(rate); it must be a number above 0")
    }
  }

  func run() throws {
    let interruption = Interruption()
    let start = try model.map(locatedWriter)
    try options.checkOutput(besides: start)
    compute.apply()
    let pairs: NegativePairs
    do {
      pairs = try self.pairs.read(isCancelled: { interruption.isRaised })
    } catch is CancellationError {
      throw ExitCode(Interruption.status)
    }
    reporting.note(pairs.statistics.summary)
    var settings = SFTSettings()
    (settings.batch, settings.seed) = (batch, options.seed)
    (settings.promptTokens, settings.negativeTokens) = (promptTokens, negativeTokens)
    var fresh = FreshWriter()
    (fresh.pieces, fresh.width) = (pieces ?? fresh.pieces, width ?? fresh.width)
    (fresh.layers, fresh.heads) = (layers ?? fresh.layers, heads ?? fresh.heads)
    let learning = try SFTLearning(
      pairs: pairs, start: start.map { .folder($0) } ?? .fresh(fresh), settings: settings)
    var plan = options.plan(
      steps: steps, rate: rate ?? (model == nil || optimizer == .adafactor ? 1e-3 : 3e-4), validateEvery: 250)
    plan.optimizer = optimizer
    try options.finish(reporting, interruption, figure: "a token's log-likelihood") { report in
      try learning.run(plan, report: report, isCancelled: { interruption.isRaised })
    }
  }
}
