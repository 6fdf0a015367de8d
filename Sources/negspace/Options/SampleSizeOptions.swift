import ArgumentParser
import NegativeSpaceLearning

/// The size of samples while something is learned.
struct SampleSizeOptions: ParsableArguments {
  @Option(
    name: [.customShort("W"), .long],
    help: "Pixels while learning, a multiple of the autoencoder's factor: fewer cost less. (default: the model's own)")
  var width: Int?

  @Option(name: [.customShort("H"), .long], help: "Pixels while learning. (default: the model's own)")
  var height: Int?

  var size: SampleSize { SampleSize(width: width, height: height) }
}
