import ArgumentParser

/// Places of the results, and their number.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file; %03d in it counts from 0. (default: output.png, output.mp4)", valueName: "path"))
  var output: String?

  @Option(name: .shortAndLong, help: "How many, with the seeds s, s+1, …")
  var batchCount = 1

  @Option(help: ArgumentHelp("Write the final latents too, as safetensors in PyTorch's layout.", valueName: "file"))
  var saveLatents: String?

  @Option(help: ArgumentHelp("Write every frame as PNG into this folder too.", valueName: "dir"))
  var saveFrames: String?

  func validate() throws {
    guard (1...100_000).contains(batchCount) else {
      throw ValidationError("--batch-count is \(batchCount); expected a number from 1 to 100000.")
    }
  }
}
