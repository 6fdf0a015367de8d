import Foundation
import Testing

/// AnimateDiff from the outside.
struct MotionAdapterTests {
  private static let adapter = Program.models + "/tiny-motion"

  @Test func `A video of a picture model says how it was made, and is made again identically`() throws {
    try Program.withFolder { folder in
      let file = folder + "/a.mp4"
      let made = try Program.run([
        "video", "x", "-m", Program.image, "--motion-adapter", Self.adapter, "--frames", "3", "--steps", "2", "--lora",
        Program.models + "/loras/motion.safetensors", "-o", file,
      ])
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("Using AnimateDiff's noise schedule"))
      let info = try Program.run(["info", file])
      #expect(info.output.contains("Motion adapter: tiny-motion"))
      #expect(info.output.contains("Motion adapter: \(Self.adapter)"))
      let again = try Program.run(["reproduce", file])
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.output == "identical\n")
    }
  }

  @Test func `A single file makes videos too`() throws {
    try Program.withFolder { folder in
      let made = try Program.run([
        "video", "x", "-m", Program.models + "/checkpoints/sd1.ckpt", "--tokenizer", Program.image + "/tokenizer",
        "--motion-adapter", Program.models + "/checkpoints/motion.ckpt", "--frames", "2", "--steps", "1", "-W", "16",
        "-H", "16", "-o", folder + "/a.mp4",
      ])
      #expect(made.status == 0, "\(made.errors)")
    }
  }

  @Test func `Too many frames and a command for pictures are wrong usage`() throws {
    try Program.withFolder { folder in
      let long = try Program.run([
        "video", "x", "-m", Program.image, "--motion-adapter", Self.adapter, "--frames", "9", "-o", folder + "/a.mp4",
      ])
      #expect(long.status == 64)
      #expect(long.errors.contains("--frames is 9; expected at most 8"))
      let image = try Program.run(["image", "x", "-m", Program.image, "--motion-adapter", Self.adapter])
      #expect(image.status == 64)
      #expect(try Program.contents(folder) == [])
    }
  }

  @Test func `An adapter is inspected, and runs beside a denoiser`() throws {
    try Program.withFolder { folder in
      let seen = try Program.run(["model", "inspect", Self.adapter])
      #expect(seen.status == 0, "\(seen.errors)")
      #expect(seen.output.contains("MotionAdapter, no model but for one"))
      let run = try Program.run([
        "model", "run", Program.image, "--component", "unet", "--motion-adapter", Self.adapter, "--inputs",
        Program.models + "/component-motion.safetensors", "-o", folder + "/out.safetensors",
      ])
      #expect(run.status == 0, "\(run.errors)")
    }
  }
}
