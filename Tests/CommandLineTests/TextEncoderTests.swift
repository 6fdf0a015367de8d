import Foundation
import Testing

/// Tuned text encoders from the outside.
struct TextEncoderTests {
  private static let encoder = Program.models + "/tiny-image/text_encoder"

  @Test func `A picture says which encoders were mixed, and is made again identically`() throws {
    try Program.withFolder { folder in
      let picture = folder + "/a.png"
      let arguments = ["image", "x", "-m", Program.image, "--steps", "2", "-o", picture]
      let made = try Program.run(
        arguments + ["--text-encoder", Self.encoder + ":0.75", "--text-encoder-interval", "0.5,1"])
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("weight 0.75: its text space is the same as the model's, 0.0 % apart."))
      let info = try Program.run(["info", picture])
      #expect(info.output.contains("Text encoder: \"text_encoder: "))
      #expect(info.output.contains(", Weight: 0.75\", Text encoder steps: 0.5-1"))
      #expect(info.output.contains("Text encoder: \(Self.encoder), weight 0.75"))
      let again = try Program.run(["reproduce", picture])
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.output == "identical\n")
    }
  }
}
