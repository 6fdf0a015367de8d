import Foundation
import Testing

/// `image`, `video`, `info` and `reproduce` from the outside.
struct GenerationTests {
  @Test func `A video is made, says how, and is made again identically`() throws {
    try Program.withFolder { folder in
      let file = folder + "/a red apple.mp4"
      let made = try Program.run(["video", "a red apple", "--model", Program.video, "-o", file, "--seed", "7"])
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.output == file + "\n")
      #expect(made.errors.contains("step 3/3"))
      #expect(try Program.contents(folder) == ["a red apple.mp4"])

      let info = try Program.run(["info", file])
      #expect(info.status == 0)
      #expect(info.output.hasPrefix("a red apple\nSteps: 3, Sampler: DDIM, CFG scale: 5.5, Seed: 7, Size: 32x32,"))

      let again = try Program.run(["reproduce", file, "-o", folder + "/again.mp4", "--quiet"])
      #expect(again.status == 0)
      #expect(again.output == "identical\n")
      #expect(again.errors.isEmpty)
      let (one, two) = try (
        Data(contentsOf: URL(fileURLWithPath: file)), Data(contentsOf: URL(fileURLWithPath: folder + "/again.mp4"))
      )
      #expect(one == two)
    }
  }

  @Test func `What cannot be reproduced ends with status 1`() throws {
    try Program.withFolder { folder in
      let file = folder + "/a.png"
      _ = try Program.run(["image", "x", "-m", Program.image, "-o", file, "--steps", "2", "--dtype", "float32"])
      // The tiny video model's text encoder and autoencoder with other weights would do too; this is simpler.
      let copy = folder + "/model"
      try FileManager.default.copyItem(atPath: Program.image, toPath: copy)
      let weights = URL(fileURLWithPath: copy + "/unet/diffusion_pytorch_model.safetensors")
      var bytes = try Data(contentsOf: weights)
      for index in 0..<64 { bytes[bytes.count - 1 - 4 * index] = 0xBE }
      try bytes.write(to: weights)
      let again = try Program.run(["reproduce", file, "--model", copy])
      #expect(again.status == 1)
      #expect(again.output == "different\n")
      #expect(again.errors.contains("Note: the model's hash was"))
    }
  }

  @Test func `Sizes far beyond a model's are made again only if that is meant`() throws {
    try Program.withFolder { folder in
      let size = ["-W", "272", "-H", "272", "--scale", "1", "--steps", "1"]
      let made = try Program.run(["image", "x", "-m", Program.image, "-o", "a.png"] + size, in: folder)
      #expect(made.status == 0, "\(made.errors)")
      let refused = try Program.run(["reproduce", "a.png"], in: folder)
      #expect(refused.status == 64)
      #expect(
        refused.errors.contains("ask for 272×272") && refused.errors.contains("--allow-large"), "\(refused.errors)")
      #expect(try Program.run(["reproduce", "a.png", "--allow-large"], in: folder).output == "identical\n")
    }
  }

  @Test func `JSON on standard output describes every file of a batch`() throws {
    struct Result: Decodable {
      struct Output: Decodable {
        struct Settings: Decodable {
          struct Request: Decodable {
            let seed: Int
            let prompt: String
          }
          let request: Request
        }
        let path: String
        let latents: String?
        let settings: Settings
      }
      let outputs: [Output]
    }
    try Program.withFolder { folder in
      let made = try Program.run(
        [
          "image", "--prompt-file", "-", "--model", Program.image, "--steps", "1", "-o", "out_%03d.png",
          "--batch-count", "2",
          "--seed", "5", "--json", "-q", "--save-latents", "l.safetensors",
        ], in: folder, input: "a red apple\n\n  a blue rocket  ")
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.isEmpty)
      let result = try JSONDecoder().decode(Result.self, from: Data(made.output.utf8))
      #expect(result.outputs.map(\.path) == ["out_000.png", "out_001.png", "out_002.png", "out_003.png"])
      #expect(result.outputs.map(\.settings.request.seed) == [5, 6, 5, 6])
      #expect(
        result.outputs.map(\.settings.request.prompt) == [
          "a red apple", "a red apple", "a blue rocket", "a blue rocket",
        ])
      #expect(
        try Program.contents(folder) == [
          "l.safetensors", "l_2.safetensors", "l_3.safetensors", "l_4.safetensors", "out_000.png", "out_001.png",
          "out_002.png", "out_003.png",
        ])
    }
  }

  @Test func `A negative seed is drawn and said`() throws {
    try Program.withFolder { folder in
      let made = try Program.run(
        ["image", "x", "-m", Program.image, "--steps", "1", "-s", "-1", "-o", "x.jpg"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("x.jpg: seed "))
    }
  }

  @Test func `Frames are written beside the video`() throws {
    try Program.withFolder { folder in
      let made = try Program.run(
        ["video", "x", "-m", Program.video, "--frames", "2", "--save-frames", "frames", "-o", "x.mp4"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(try Program.contents(folder + "/frames") == ["frame_0001.png", "frame_0002.png"])
    }
  }

  @Test func `Starts from a picture and a video are kept in the file and made again identically`() throws {
    try Program.withFolder { folder in
      let painted = try Program.run(
        [
          "image", "x", "-m", Program.image, "-i", Program.models + "/start.png", "--mask",
          Program.models + "/mask.png",
          "--strength", "0.5", "--sampler", "unipc", "--vae", Program.models + "/tiny-taesd", "--steps", "4", "-o",
          "a.png",
        ], in: folder)
      #expect(painted.status == 0, "\(painted.errors)")
      let info = try Program.run(["info", "a.png"], in: folder)
      #expect(info.output.contains("Sampler: UniPC,"))
      #expect(info.output.contains("Size: 48x36,"))
      #expect(info.output.contains("Denoising strength: 0.5"))
      #expect(info.output.contains("Mask: \(Program.models)/mask.png"))
      #expect(info.output.contains("Autoencoder: \(Program.models)/tiny-taesd"))
      #expect(try Program.run(["reproduce", "a.png", "-q"], in: folder).output == "identical\n")

      let video = try Program.run(
        ["video", "x", "-m", Program.video, "--init-video", Program.models + "/start.apng", "-o", "a.mp4"], in: folder)
      #expect(video.status == 0, "\(video.errors)")
      #expect(try Program.run(["info", "a.mp4"], in: folder).output.contains("Frames: 5,"))
      #expect(try Program.run(["reproduce", "a.mp4", "-q"], in: folder).output == "identical\n")
    }
  }

  @Test func `A preview is written, and does not change the result`() throws {
    try Program.withFolder { folder in
      let usual = ["image", "x", "-m", Program.image, "--steps", "3", "-q"]
      #expect(try Program.run(usual + ["-o", "a.png"], in: folder).status == 0)
      let shown = try Program.run(
        usual + [
          "-o", "b.png", "--preview", "tae", "--taesd", Program.models + "/tiny-taesd", "--taesd-preview-only",
          "--preview-interval", "2", "--preview-path", "now.png",
        ], in: folder)
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(try Program.contents(folder) == ["a.png", "b.png", "now.png"])
      let (one, two) = try (
        Data(contentsOf: URL(fileURLWithPath: folder + "/a.png")),
        Data(contentsOf: URL(fileURLWithPath: folder + "/b.png"))
      )
      #expect(one == two)
    }
  }

  @Test func `The family is found through the environment`() throws {
    try Program.withFolder { folder in
      for name in ["emoji-image", "emoji-video"] {
        try FileManager.default.createSymbolicLink(
          atPath: folder + "/" + name, withDestinationPath: name == "emoji-image" ? Program.image : Program.video)
      }
      let made = try Program.run(["video", "x", "-q"], in: folder, environment: ["NEGSPACE_MODELS": folder])
      #expect(made.status == 0, "\(made.errors)")
      #expect(try Program.contents(folder).contains("output.mp4"))
      let again = try Program.run(
        ["reproduce", "output.mp4", "-q"], in: folder, environment: ["NEGSPACE_MODELS": folder])
      #expect(again.output == "identical\n")
    }
  }

  @Test func `A prompt that is too long warns even when quiet`() throws {
    try Program.withFolder { folder in
      let prompt = String(repeating: "a red apple ", count: 25) + "on a yellow background"
      let made = try Program.run(["image", prompt, "-m", Program.image, "--steps", "1", "-q"], in: folder)
      #expect(made.status == 0)
      #expect(
        made.errors
          == "Warning: The prompt has 79 tokens, of which 75 fit. Left out: \"on a yellow background\". "
          + "Keep it with --long-prompt chunks.\n")
      // The next pictures of a run say nothing new.
      let two = try Program.run(
        ["image", prompt, "-m", Program.image, "--steps", "1", "-q", "-b", "2", "-o", "%d.png"], in: folder)
      #expect(two.status == 0 && two.errors == made.errors, "\(two.errors)")
    }
  }

  @Test func `The family's rewards are named where another model is learned on`() throws {
    try Program.withFolder { folder in
      try "a red apple\n".write(toFile: folder + "/p.txt", atomically: true, encoding: .utf8)
      // One prompt is too few, which is told after the rewards.
      let learn = ["learn", "reneg", "--prompt-file", "p.txt", "-o", "n.safetensors", "--steps", "1"]
      let own = try Program.run(learn + ["-m", Program.image, "-q"], in: folder)
      let loud = try Program.run(learn + ["-m", Program.image], in: folder)
      #expect(loud.status == 1 && loud.errors.contains("without --reward"), "\(loud.errors)")
      #expect(!own.errors.contains("without --reward"))
      let named = try Program.run(learn + ["-m", Program.image, "--reward", "sharpness"], in: folder)
      #expect(!named.errors.contains("without --reward"))
    }
  }

  @Test func `One network runs on tensors from a file, and a text is encoded`() throws {
    try Program.withFolder { folder in
      let run = try Program.run(
        [
          "model", "run", Program.image, "--component", "unet", "--inputs",
          Program.models + "/component-unet.safetensors", "-o", "out.safetensors",
        ], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output == "out.safetensors\n")
      let encoded = try Program.run(
        ["embedding", "encode", "--model", Program.image, "a red apple", "-o", "e.safetensors"], in: folder)
      #expect(encoded.status == 0, "\(encoded.errors)")
      let inspected = try Program.run(["embedding", "inspect", "e.safetensors", "--model", Program.video], in: folder)
      #expect(inspected.status == 0)
      #expect(inspected.output.contains("prompt_embeds  F32 [1, 77, 32]  encoder states, 77 rows of width 32"))
      #expect(inspected.output.contains("input_ids  I64 [1, 77]"))
    }
  }

  @Test func `A model is looked into`() throws {
    let inspected = try Program.run(["model", "inspect", Program.video])
    #expect(inspected.status == 0)
    #expect(inspected.output.contains("TextToVideoSDPipeline, makes videos"))
    #expect(inspected.output.contains("264,131 parameters"))
    #expect(inspected.output.contains("text states of width 32"))
  }
}
