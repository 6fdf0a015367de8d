import ArgumentParser
import Foundation
import NegativeSpaceBenchmarks
import NegativeSpaceKernels

/// `negspace bench word-step`.
struct BenchWordStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "word-step",
    abstract: "One step of learning two words (DreamArtist) on Stable Diffusion 1.5 with random weights.",
    discussion: """
      One picture, both branches, every layer computed again on the way back. The weights lie in a nameless temporary file, as a \
      checkpoint's would: up to 4 GB.
      """)

  @Option(help: "Only this type.")
  var dtype: DataType?
  @Option(help: "Height and width of the latents: 64 is 512 × 512 pixels.")
  var edge = 64
  @Option(help: "Timed steps; the median is printed.")
  var runs = 3

  func validate() throws {
    guard edge % 8 == 0, (8...512).contains(edge) else {
      throw ValidationError("--edge is \(edge); expected a multiple of 8 up to 512.")
    }
  }

  func run() throws {
    for dtype in dtype.map({ [$0] }) ?? DataType.allCases {
      let seconds = try WordStepBenchmark(dtype, edge: edge).seconds(runs: runs)
      BufferPool.shared.trim()
      try Console.result("\(dtype.rawValue): \(String(format: "%.3f", seconds)) s a step")
    }
  }
}
