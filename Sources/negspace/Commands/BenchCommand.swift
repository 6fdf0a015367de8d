import ArgumentParser
import Foundation
import Kernels
import Training

/// `negspace bench`: the speed of this machine, measured.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast this machine computes.",
    subcommands: [BenchOperatorsCommand.self, BenchTrainingStepCommand.self],
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
      print(String(decoding: try JSONEncoder().encode(rows), as: UTF8.self))
      return
    }
    print("\(Compute.backend.name), \(Threads.count) threads")
    for row in rows {
      let figures = String(format: "%9.3f ms %8.1f GFLOP/s", row.milliseconds, row.gigaflops)
      print("\(row.dtype.padding(toLength: 9, withPad: " ", startingAt: 0))\(figures)  \(row.name)")
    }
  }
}

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
      print("\(dtype.rawValue): \(String(format: "%.3f", seconds)) s for a step of \(batch)")
    }
  }
}
