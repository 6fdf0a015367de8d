import Foundation
import Testing

/// LoRAs from the outside.
struct LoRATests {
  private static let file = Program.models + "/loras/kohya.safetensors"

  @Test func `A picture says which LoRA it was made with, and is made again identically`() throws {
    try Program.withFolder { folder in
      let picture = folder + "/a.png"
      let arguments = ["image", "x", "-m", Program.image, "--steps", "2", "-o"]
      let made = try Program.run(arguments + [picture, "--lora", Self.file + ":0.75"])
      #expect(made.status == 0, "\(made.errors)")
      let info = try Program.run(["info", picture])
      #expect(info.output.contains("LoRA: \"kohya.safetensors: "))
      #expect(info.output.contains(", Weight: 0.75\""))
      #expect(info.output.contains("LoRA: \(Self.file), weight 0.75"))
      let again = try Program.run(["reproduce", picture])
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.output == "identical\n")
    }
  }

  @Test func `One that does not fit leaves nothing behind`() throws {
    try Program.withFolder { folder in
      let video = try Program.run([
        "video", "x", "-m", Program.video, "--steps", "1", "--frames", "1", "-o", folder + "/a.mp4", "--lora",
        Program.models + "/start.png",
      ])
      #expect(video.status == 1)
      #expect(video.errors.contains("start.png"))
      #expect(try Program.contents(folder) == [])
    }
  }
}
