import ArgumentParser
import NegativeSpacePipelines

/// Size of the result.
struct SizeOptions: ParsableArguments {
  @Option(
    name: [.customShort("W"), .long], help: "Pixels, a multiple of the autoencoder's factor. (default: the model's own)"
  )
  var width: Int?

  @Option(
    name: [.customShort("H"), .long], help: "Pixels, a multiple of the autoencoder's factor. (default: the model's own)"
  )
  var height: Int?

  @Option(
    help: "Enlarge what is written by a whole number, Lanczos. (default: the model's, else 1; up to 128 pixels 4)")
  var scale: Int?

  func apply(to request: inout GenerationRequest) {
    (request.width, request.height, request.scale) = (width, height, scale)
  }
}
