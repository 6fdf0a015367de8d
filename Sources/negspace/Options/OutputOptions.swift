import ArgumentParser

/// Places of the results, and their number.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file; %03d in it counts. (default: output.png, output.mp4)", valueName: "path"),
    completion: .file())
  var output: String?

  @Option(name: .shortAndLong, help: "How many, with the seeds s, s+1, …")
  var batchCount = 1

  @Option(help: ArgumentHelp("What %03d counts from.", valueName: "n"))
  var outputBeginIdx = 0

  @Flag(help: ArgumentHelp("Write no settings into the file."))
  var disableImageMetadata = false

  @Option(
    help: ArgumentHelp("Write the final latents too, as safetensors in PyTorch's layout.", valueName: "file"),
    completion: .file())
  var saveLatents: String?

  @Option(
    help: ArgumentHelp("Write every frame as PNG into this folder too.", valueName: "dir"), completion: .directory)
  var saveFrames: String?

  func validate() throws {
    guard (1...100_000).contains(batchCount) else {
      throw ValidationError("--batch-count is \(batchCount); expected a number from 1 to 100000.")
    }
    guard (0...1_000_000_000).contains(outputBeginIdx) else {
      throw ValidationError("--output-begin-idx is \(outputBeginIdx); expected a number from 0 to 1000000000.")
    }
  }
}
