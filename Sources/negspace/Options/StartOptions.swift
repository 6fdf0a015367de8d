import ArgumentParser
import NegativeSpacePipelines

/// Picture or video to start from instead of noise alone.
struct StartOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Start from this picture; its size is used unless -W and -H say another.", valueName: "file"),
    completion: .file())
  var initImg: String?

  @Option(
    help: ArgumentHelp(
      "Paint only what is white here on the picture of --init-img; black stays.", valueName: "file"),
    completion: .file())
  var mask: String?

  @Option(help: "How much of the picture is given up, 0 to 1. (default: 0.8; with a mask 1)")
  var strength: Double?

  func apply(to request: inout GenerationRequest) {
    request.initialImage = initImg.map { FileReference(path: $0) }
    request.mask = mask.map { FileReference(path: $0) }
    request.strength = strength
  }
}

/// The same for videos.
struct VideoStartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Start from this video; its size and frames are used unless -W, -H and --frames say others.", valueName: "file"),
    completion: .file())
  var initVideo: String?

  @Option(help: "How much of the video is given up, 0 to 1. (default: 0.6; with --motion-adapter 0.8)")
  var strength: Double?

  func apply(to request: inout GenerationRequest) {
    request.initialVideo = initVideo.map { FileReference(path: $0) }
    request.strength = strength
  }
}
