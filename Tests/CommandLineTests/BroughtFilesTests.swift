import Foundation
import Testing

/// Files, names and numbers that people bring, as they are typed.
struct BroughtFilesTests {
  private func image(_ arguments: [String], in folder: String, input: String? = nil) throws -> Program.Outcome {
    try Program.run(["image", "-m", Program.image, "--steps", "2"] + arguments, in: folder, input: input)
  }

  @Test func `The largest seeds are taken, and none is beyond them`() throws {
    try Program.withFolder { folder in
      let two = try image(["x", "-s", "9223372036854775807", "-b", "2", "-o", "a.png"], in: folder)
      #expect(two.status == 0, "\(two.errors)")
      #expect(two.errors.contains("a_2.png: seed 9223372036854775808"))
      let info = try Program.run(["info", "a_2.png"], in: folder)
      #expect(info.output.contains("Seed: 9223372036854775808"))
      #expect(try Program.run(["reproduce", "a_2.png", "-q"], in: folder).output == "identical\n")
      let beyond = try image(["x", "-s", "18446744073709551615", "-b", "2", "-o", "b.png"], in: folder)
      #expect(beyond.status == 64)
      #expect(beyond.errors.contains("--seed is 18446744073709551615 with 1 more after it"))
      let compared = try Program.run(
        [
          "compare", "-p", "x", "--negative", "none", "--negative", "w=y", "-m", "m=\(Program.video)", "--seed",
          "18446744073709551615", "--seeds", "2", "-o", "c",
        ], in: folder)
      #expect(compared.status == 64)
      #expect(compared.errors.contains("--seed is 18446744073709551615 with 1 more after it"))
    }
  }

  @Test func `A picture that the disk refuses is kept elsewhere, and where is said`() throws {
    try Program.withFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/t", withIntermediateDirectories: true)
      // A device that is always full stands for the disk.
      try FileManager.default.createSymbolicLink(atPath: folder + "/full.png", withDestinationPath: "/dev/full")
      for (command, model, name) in [("image", Program.image, "full.png")] {
        let made = try Program.run(
          [command, "x", "-m", model, "--steps", "1", "-o", name, "-q"], in: folder,
          environment: ["TMPDIR": folder + "/t"])
        #expect(made.status == 1 && made.errors.contains("No space left on device"), "\(made.errors)")
        let kept = try Program.contents(folder + "/t")
        #expect(kept.count == 1 && made.errors.contains(kept.first ?? "?"), "\(made.errors)")
        #expect(try Program.run(["info", folder + "/t/\(kept.first ?? "")"], in: folder).status == 0)
      }
    }
  }

  @Test func `A pipe in a model's folder is not waited for`() throws {
    try Program.withFolder { folder in
      try FileManager.default.copyItem(atPath: Program.image, toPath: folder + "/m")
      mkfifo(folder + "/m/vae/z.bin", 0o600)
      let made = try Program.run(["image", "x", "-m", "m", "--steps", "1", "-o", "a.png", "-q"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
    }
  }

  @Test(arguments: ["StableDiffusionControlNetPipeline", "AnimateDiffPipeline", "LatentConsistencyModelPipeline"])
  func `Folders that other pipelines saved are models of pictures`(_ pipeline: String) throws {
    try Program.withFolder { folder in
      try FileManager.default.copyItem(atPath: Program.image, toPath: folder + "/m")
      let index = URL(fileURLWithPath: folder + "/m/model_index.json")
      let text = try String(contentsOf: index, encoding: .utf8)
      try text.replacingOccurrences(of: "\"StableDiffusionPipeline\"", with: "\"\(pipeline)\"")
        .write(to: index, atomically: true, encoding: .utf8)
      let made = try Program.run(["image", "x", "-m", "m", "--steps", "1", "-o", "a.png", "-q"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
    }
  }

  @Test func `A name that no file system holds is refused before the steps`() throws {
    try Program.withFolder { folder in
      let long = String(repeating: "é", count: 126)  // 252 bytes
      for (name, arguments) in [("\(long).png", []), (String(repeating: "a", count: 251) + ".png", ["-b", "2"])] {
        let made = try image(["x", "-o", name] + arguments, in: folder)
        #expect(made.status != 0 && !made.errors.contains("step 1"), "\(made.errors)")
        #expect(made.errors.contains("File name too long"))
        #expect(try Program.contents(folder).isEmpty)
      }
      let latents = String(repeating: "b", count: 243) + ".safetensors"
      #expect(try image(["x", "-o", "a.png", "--save-latents", latents], in: folder).status == 0)
      #expect(try Program.contents(folder) == ["a.png", latents])
    }
  }

  @Test func `Links of a model that lead nowhere, and folders named like weights, are passed over`() throws {
    try Program.withFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/m", withIntermediateDirectories: true)
      for part in try Program.contents(Program.image) where part != "unet" {
        try FileManager.default.createSymbolicLink(
          atPath: "\(folder)/m/\(part)", withDestinationPath: "\(Program.image)/\(part)")
      }
      let unet = folder + "/m/unet"
      try FileManager.default.createDirectory(atPath: unet + "/old.bin", withIntermediateDirectories: true)
      for name in try Program.contents(Program.image + "/unet") {
        try FileManager.default.createSymbolicLink(
          atPath: "\(unet)/\(name)", withDestinationPath: "\(Program.image)/unet/\(name)")
      }
      try FileManager.default.createSymbolicLink(
        atPath: unet + "/diffusion_pytorch_model.non_ema.safetensors", withDestinationPath: "../../blobs/gone")
      let made = try Program.run(["image", "x", "-m", "m", "--steps", "1", "-o", "a.png"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
    }
  }

  @Test func `Prompt files are read as Windows writes them`() throws {
    struct Result: Decodable {
      struct Output: Decodable {
        struct Settings: Decodable {
          struct Request: Decodable { let prompt: String }
          let request: Request
        }
        let settings: Settings
      }
      let outputs: [Output]
    }
    let text = "a red apple\r\n\r\nein Füchs 🦊\r\n"
    let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    try Program.withFolder { folder in
      let forms = [
        [0xEF, 0xBB, 0xBF] + Array(text.utf8), [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, Array(text.utf8),
      ]
      for form in forms {
        try Data(form).write(to: URL(fileURLWithPath: folder + "/p.txt"))
        let made = try image(["--prompt-file", "p.txt", "-o", "a.png", "--json", "-q"], in: folder)
        let result = try JSONDecoder().decode(Result.self, from: Data(made.output.utf8))
        #expect(result.outputs.map(\.settings.request.prompt) == ["a red apple", "ein Füchs 🦊"])
      }
      try Data([0xFF, 0xFE] + little.dropLast()).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      #expect(try image(["--prompt-file", "p.txt", "-o", "a.png"], in: folder).errors.contains("is not UTF-8 text"))
    }
  }
}
