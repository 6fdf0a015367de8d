import Foundation
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

/// Ctrl-C in each phase.
struct InterruptionTests {
  @Test(arguments: [SIGINT, SIGTERM])
  func `Interrupted while sampling, no video is left, and the latents are kept`(_ signal: Int32) throws {
    try Program.withFolder { folder in
      let run = try Program.run(
        [
          "video", "x", "-m", Program.video, "--steps", "500", "--frames", "16", "--save-latents", "l.safetensors",
          "-o",
          "x.mp4",
        ], in: folder, interruptAt: "step 3/500", signal: signal)
      #expect(run.status == 130)
      #expect(run.errors.contains("Interrupted while sampling, after step "))
      #expect(run.output.isEmpty)
      #expect(try Program.contents(folder) == ["l.safetensors"])
      let latents = try TensorFile(path: folder + "/l.safetensors")
      #expect(latents.tensors["latents"]?.shape == [1, 4, 16, 8, 8])
      #expect(latents.metadata["state"] == "interrupted")
    }
  }

  @Test func `Interrupted while decoding, no video is left, and the latents are whole`() throws {
    try Program.withFolder { folder in
      let run = try Program.run(
        [
          "video", "x", "-m", Program.video, "--steps", "1", "--frames", "40", "--scale", "16", "-W", "64", "-H", "64",
          "--save-latents", "l.safetensors", "-o", "x.mp4",
        ], in: folder, interruptAt: "frame 2/40")
      #expect(run.status == 130)
      #expect(run.errors.contains("Interrupted while decoding, after frame "))
      #expect(try Program.contents(folder) == ["l.safetensors"])
      #expect(try TensorFile(path: folder + "/l.safetensors").metadata["state"] == "final")
    }
  }

  @Test func `Interrupted, an older output of the same name stays`() throws {
    try Program.withFolder { folder in
      try Data("old".utf8).write(to: URL(fileURLWithPath: folder + "/x.mp4"))
      let run = try Program.run(
        ["video", "x", "-m", Program.video, "--steps", "500", "-o", "x.mp4"], in: folder, interruptAt: "step 2/500")
      #expect(run.status == 130)
      #expect(try String(contentsOfFile: folder + "/x.mp4", encoding: .utf8) == "old")
    }
  }
}
