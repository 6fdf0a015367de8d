import Foundation
import Testing

/// ControlNets from the outside.
struct ControlNetTests {
  private static let net = Program.models + "/tiny-controlnet"
  private static let picture = Program.models + "/start.png"

  @Test func `A controlled picture says what it was shown, and is made again identically`() throws {
    try Program.withFolder { folder in
      let file = folder + "/a.png"
      let made = try Program.run([
        "image", "x", "-m", Program.image, "-o", file, "--steps", "2", "--control-net", Self.net, "--control-image",
        Self.picture, "--control-strength", "0.7", "--canny",
      ])
      #expect(made.status == 0, "\(made.errors)")
      let info = try Program.run(["info", file])
      #expect(info.output.contains("ControlNet 0: \"Module: canny, Model: tiny-controlnet ["))
      #expect(info.output.contains("Weight: 0.7, Guidance Start: 0, Guidance End: 1\""))
      #expect(info.output.contains("ControlNet: \(Self.net) shown \(Self.picture), its edges"))
      let again = try Program.run(["reproduce", file])
      #expect(again.status == 0, "\(again.errors)")
    }
  }

  @Test func `Several ControlNets on a video take their own pictures`() throws {
    try Program.withFolder { folder in
      let made = try Program.run([
        "video", "x", "-m", Program.video, "-o", folder + "/a.mp4", "--steps", "1", "--frames", "2",
        "--control-net", Self.net, "--control-image", Self.picture,
        "--control-net", Self.net + "-pool", "--control-image", Program.models + "/start.apng", "--json",
      ])
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.output.contains("start.apng"))
    }
  }
}
