import ArgumentParser
import Foundation
import NegativeSpaceBenchmarks
import NegativeSpaceKernels
import NegativeSpaceLearning

/// `negspace bench tuning-step`.
struct BenchTuningStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tuning-step",
    abstract: "One step of tuning a text encoder (TextCraftor) on Stable Diffusion 1.5 with random weights.",
    discussion: """
      One prompt, guidance 7.5, a reward of ViT-H's size. The weights lie in a nameless temporary file, as a checkpoint's would: up to 7 GB.
      """)

  @Option(help: "Only this type.")
  var dtype: DataType?
  @Option(help: "Height and width of the latents: 64 is 512 × 512 pixels.")
  var edge = 64
  @Option(help: "Steps of a run.")
  var samplingSteps = 25
  @Option(help: "The last steps, which are recorded.")
  var recordedSteps = 5
  @Option(help: "What the way back computes again: none, calls, layers.")
  var checkpointing = TextCraftorSettings.Checkpointing.layers
  @Option(help: "Tune a LoRA of this rank in place of all weights.")
  var loraRank: Int?
  @Option(help: "Timed steps; the median is printed.")
  var runs = 3

  func validate() throws {
    guard edge % 8 == 0, (8...512).contains(edge) else {
      throw ValidationError("--edge is \(edge); expected a multiple of 8 up to 512.")
    }
    guard (1...1000).contains(samplingSteps), (1...samplingSteps).contains(recordedSteps) else {
      throw ValidationError(
        "--recorded-steps is \(recordedSteps) and --sampling-steps \(samplingSteps); expected 1 up to those, and these up to 1000."
      )
    }
    if let loraRank, loraRank < 1 { throw ValidationError("--lora-rank is \(loraRank); it must be at least 1") }
  }

  func run() throws {
    var shape = TuningStepBenchmark.Shape()
    (shape.edge, shape.samplingSteps, shape.recordedSteps) = (edge, samplingSteps, recordedSteps)
    (shape.checkpointing, shape.rank) = (checkpointing, loraRank)
    for dtype in dtype.map({ [$0] }) ?? DataType.allCases {
      let seconds = try TuningStepBenchmark(dtype, shape).seconds(runs: runs)
      BufferPool.shared.trim()
      try Console.result("\(dtype.rawValue): \(String(format: "%.3f", seconds)) s a step")
    }
  }
}
