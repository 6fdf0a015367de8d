import ArgumentParser
import Foundation
import Kernels
import Training

/// `negspace bench`: the speed of this machine, measured.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast this machine computes.",
    subcommands: [BenchOperatorsCommand.self, BenchNetworksCommand.self, BenchTrainingStepCommand.self],
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

/// `negspace bench networks`.
struct BenchNetworksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "networks", abstract: "Networks of full size, with random weights.",
    discussion: "Up to 6 GB of memory, 12 GB with float32. One network and type a run gives an honest peak of memory.")

  @Option(name: .customLong("network"), help: "Only this one; may be repeated.")
  var networks: [PublishedNetwork] = []

  @Option(help: "Only this type.")
  var dtype: DataType?

  @Option(help: "Timed calls; the median is printed.")
  var runs = 5

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let dtypes = dtype.map { [$0] } ?? DataType.allCases
    var rows: [NetworkBenchmark.Row] = []
    if !json { print("\(Compute.backend.name), \(Threads.count) threads") }
    for network in networks.isEmpty ? PublishedNetwork.allCases : networks {
      for dtype in dtypes {
        let row = try NetworkBenchmark.row(network, dtype, runs: runs)
        rows.append(row)
        BufferPool.shared.trim()
        if json { continue }
        let figures = String(
          format: "%8.3f s %7.1f GFLOP/s, %3.0f %% of a product's  ", row.seconds, row.gigaflops, row.share * 100)
        print("\(row.dtype.padding(toLength: 9, withPad: " ", startingAt: 0))\(figures)\(row.name)")
      }
    }
    if json { print(String(decoding: try JSONEncoder().encode(rows), as: UTF8.self)) }
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
      print("\(dtype.rawValue): \(String(format: "%.3f", seconds)) s for a step of \(batch)")
    }
  }
}
