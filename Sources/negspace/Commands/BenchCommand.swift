import ArgumentParser
import Foundation
import NegativeSpaceBenchmarks
import NegativeSpaceKernels

/// `negspace bench`: the speed of this machine, measured.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast this machine computes.",
    subcommands: [
      BenchOperatorsCommand.self, BenchNetworksCommand.self, BenchTrainingStepCommand.self,
      BenchLearningStepCommand.self, BenchTuningStepCommand.self, BenchWordStepCommand.self,
    ],
    defaultSubcommand: BenchOperatorsCommand.self)
}

/// `negspace bench operators`.
struct BenchOperatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators", abstract: "Convolutions and products on shapes of real networks.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let rows = DataType.allCases.flatMap { OperatorBenchmark.rows($0) }
    if json {
      try Console.result(String(decoding: try JSONEncoder().encode(rows), as: UTF8.self))
      return
    }
    try Console.result("\(Compute.backend.name), \(Threads.count) threads; per cent of a large product's rate")
    for row in rows {
      let figures = String(
        format: "%9.3f ms %8.1f GFLOP/s %4.0f %%", row.milliseconds, row.gigaflops, row.share * 100)
      try Console.result("\(row.dtype.padding(toLength: 9, withPad: " ", startingAt: 0))\(figures)  \(row.name)")
    }
  }
}

/// `negspace bench networks`.
struct BenchNetworksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "networks", abstract: "Networks of full size, with random weights.",
    discussion: """
      Up to 6 GB of memory, 12 GB with float32. One network and type a run gives an honest peak of memory.

      Examples:
        negspace bench networks --network sd15-unet --dtype float32
      """)

  @Option(name: .customLong("network"), help: "Only this one; may be repeated.")
  var networks: [PublishedNetwork] = []

  @Option(help: "Only this type.")
  var dtype: DataType?

  @Option(help: "Frames of a clip. (default: 16)")
  var frames: Int?

  @Option(help: "Height and width of a denoiser's latents. (default: 64, for videos 32)")
  var edge: Int?

  @Flag(help: "Linear layers in 8-bit integers.")
  var int8 = false

  @Option(help: "Timed calls; the median is printed.")
  var runs = 5

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let frames, !(1...1024).contains(frames) { throw ValidationError("--frames is \(frames); expected 1 to 1024.") }
    if let edge, edge % 8 != 0 || !(8...512).contains(edge) {
      throw ValidationError("--edge is \(edge); expected a multiple of 8 up to 512.")
    }
  }

  func run() throws {
    try Compute.$backend.withValue(int8 ? Int8Backend(Compute.backend) : Compute.backend) { try measure() }
  }

  private func measure() throws {
    let dtypes = dtype.map { [$0] } ?? DataType.allCases
    var rows: [NetworkBenchmark.Row] = []
    if !json { try Console.result("\(Compute.backend.name), \(Threads.count) threads") }
    for network in networks.isEmpty ? PublishedNetwork.allCases : networks {
      for dtype in dtypes {
        let row = try NetworkBenchmark.row(network, dtype, size: .init(frames: frames, edge: edge), runs: runs)
        rows.append(row)
        BufferPool.shared.trim()
        if json { continue }
        let figures = String(
          format: "%8.3f s %7.1f GFLOP/s, %3.0f %% of a product's  ", row.seconds, row.gigaflops, row.share * 100)
        try Console.result("\(row.dtype.padding(toLength: 9, withPad: " ", startingAt: 0))\(figures)\(row.name)")
      }
    }
    if json { try Console.result(String(decoding: try JSONEncoder().encode(rows), as: UTF8.self)) }
  }
}

extension PublishedNetwork: ExpressibleByArgument {}

/// `negspace bench training-step`.
struct BenchTrainingStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training-step", abstract: "One training step of the shipped family's 2D UNet.")

  @Option(help: "Samples a step.")
  var batch = 16

  @Option(help: "Timed steps; the median is printed.")
  var runs = 5

  func run() throws {
    for dtype in DataType.allCases {
      let seconds = try TrainingStepBenchmark.seconds(dtype, batch: batch, runs: runs)
      try Console.result("\(dtype.rawValue): \(String(format: "%.3f", seconds)) s for a step of \(batch)")
    }
  }
}

/// `negspace bench learning-step`.
struct BenchLearningStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learning-step",
    abstract: "One step of learning a negative on Stable Diffusion 1.5 with random weights, at 256 × 256.",
    discussion: """
      One prompt, four guided steps of which the last is recorded, a reward of ViT-H's size. The weights lie in a nameless temporary
      file, as a checkpoint's would: up to 7 GB.
      """)

  @Option(help: "Only this type.")
  var dtype: DataType?

  @Option(help: "Timed steps; the median is printed.")
  var runs = 3

  func run() throws {
    for dtype in dtype.map({ [$0] }) ?? DataType.allCases {
      let seconds = try LearningStepBenchmark(dtype).seconds(runs: runs)
      BufferPool.shared.trim()
      try Console.result("\(dtype.rawValue): \(String(format: "%.3f", seconds)) s a step")
    }
  }
}
