import ArgumentParser
import NegativeSpacePipelines

/// ControlNets that say where things go; each option once for every one of them.
struct ControlOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A ControlNet made for the model's kind, a diffusers folder or a file; may be repeated, they add up.",
      valueName: "path"), completion: .file())
  var controlNet: [String] = []

  @Option(
    help: ArgumentHelp(
      "The picture it is shown, resized to the result; for videos also a video. Once for all of them, or once each.",
      valueName: "file"), completion: .file())
  var controlImage: [String] = []

  @Option(help: ArgumentHelp("Factor of what it adds. (default: 1)", valueName: "x"))
  var controlStrength: [Double] = []

  @Option(
    help: ArgumentHelp(
      "The share of the steps before it begins, 0 to 1. (default: 0)", valueName: "x"))
  var controlGuidanceStart: [Double] = []

  @Option(
    help: ArgumentHelp(
      "The share of the steps after which it ends, 0 to 1. (default: 1)", valueName: "x"))
  var controlGuidanceEnd: [Double] = []

  @Flag(help: "Show it the picture's edges (Canny, thresholds 100 and 200) instead of the picture.")
  var canny = false

  func validate() throws {
    guard !controlNet.isEmpty else {
      let given = [
        ("--control-image", controlImage.isEmpty), ("--control-strength", controlStrength.isEmpty),
        ("--control-guidance-start", controlGuidanceStart.isEmpty),
        ("--control-guidance-end", controlGuidanceEnd.isEmpty), ("--canny", !canny),
      ].first { !$0.1 }
      if let given { throw ValidationError("\(given.0) is given without --control-net. Name a ControlNet with it.") }
      return
    }
    guard !controlImage.isEmpty else {
      throw ValidationError("--control-net \(controlNet[0]) needs a picture. Name one with --control-image.")
    }
    for (option, count) in [
      ("--control-image", controlImage.count), ("--control-strength", controlStrength.count),
      ("--control-guidance-start", controlGuidanceStart.count), ("--control-guidance-end", controlGuidanceEnd.count),
    ] where count > 1 && count != controlNet.count {
      throw ValidationError(
        "\(option) is given \(count) times and --control-net \(controlNet.count) times. Give it once, or once for each."
      )
    }
  }

  /// - Throws: `ModelError.notInHub`.
  func apply(to request: inout GenerationRequest) throws {
    /// The value of the ControlNet at `index`: its own, or the only one.
    func value<Value>(_ values: [Value], _ index: Int) -> Value? {
      values.count == 1 ? values[0] : values.isEmpty ? nil : values[index]
    }
    request.controls = try controlNet.enumerated().map { index, net in
      var control = ControlCondition(
        net: FileReference(path: try located(net)), image: FileReference(path: value(controlImage, index) ?? ""))
      control.strength = value(controlStrength, index) ?? control.strength
      control.guidanceStart = value(controlGuidanceStart, index) ?? control.guidanceStart
      control.guidanceEnd = value(controlGuidanceEnd, index) ?? control.guidanceEnd
      control.canny = canny
      return control
    }
  }
}
