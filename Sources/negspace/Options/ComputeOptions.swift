import ArgumentParser
import NegativeSpaceKernels
import NegativeSpacePipelines

/// Compute type and threads.
struct ComputeOptions: ParsableArguments {
  @Option(
    name: [.customLong("dtype"), .customLong("type")],
    help: "Compute type: float32 or bfloat16. (default: what is fastest here)")
  var dtype: ComputeType?

  @Option(name: .shortAndLong, help: "Threads. (default: all cores)")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); expected a number from 1 to 1024.")
    }
  }

  /// Applies the number of threads to the whole program.
  func apply() {
    if let threads { Threads.use(threads) }
  }

  /// What computes here: libraries, instructions, threads.
  static var machine: String {
    "\(Compute.backend.name), OpenBLAS; \(Processor.instructions); \(Threads.count) threads; "
      + "\(ComputeType.fastest.type.rawValue) by default"
  }

  /// The type in use and why, for those who want to know.
  var explanation: String {
    if let dtype { return "Computing in \(dtype.rawValue), as asked." }
    let (type, reason) = ComputeType.fastest
    return "Computing in \(type.rawValue): \(reason)."
  }
}
