import ArgumentParser
import NegativeSpacePipelines

/// Length and rate of a video.
struct ClipOptions: ParsableArguments {
  @Option(name: [.customLong("frames"), .customLong("video-frames")], help: "Frames. (default: the model's, else 16)")
  var frames: Int?

  @Option(help: "Frames a second: 8, 29.97, 30000/1001. (default: the model's, else 8)")
  var fps: String?

  @Option(
    help: ArgumentHelp(
      "Frames a second that the model is told, if it is of VideoCrafter's kind. (default: the model's, else 28)"))
  var fpsCondition: Double?

  func apply(to request: inout GenerationRequest) {
    (request.frames, request.fps, request.fpsCondition) = (frames, fps, fpsCondition)
  }
}
