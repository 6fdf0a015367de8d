import Foundation
import NegativeSpaceWeights
import Testing

/// `learn textcraftor` from the outside.
struct TextCraftorTests {
  private static let usual = [
    "learn", "textcraftor", "-m", Program.image, "--reward", "colourfulness", "--prompt-file", "prompts.txt",
    "--validation-file", "held.txt", "--sampling-steps", "3", "--recorded-steps", "2", "--batch", "2",
    "--validate-every", "1", "--rate", "1e-3", "--dtype", "float32",
  ]

  private func withPrompts<Result>(_ body: (String) throws -> Result) throws -> Result {
    try Program.withFolder { folder in
      try Data("a red apple\na dog\na house".utf8).write(to: URL(fileURLWithPath: folder + "/prompts.txt"))
      try Data("a cat\n".utf8).write(to: URL(fileURLWithPath: folder + "/held.txt"))
      return try body(folder)
    }
  }

  private func learn(_ folder: String, _ arguments: [String]) throws -> Program.Outcome {
    try Program.run(Self.usual + arguments, in: folder)
  }

  @Test func `A run that goes on is the run that was not cut, to the bit, and its folder is a text encoder`() throws {
    try withPrompts { folder in
      let whole = try learn(folder, ["--steps", "4", "-o", "whole"])
      #expect(whole.status == 0, "\(whole.errors)")
      #expect(whole.output == "whole\n")
      #expect(whole.errors.contains("Tuning all weights of the text encoder on 3 prompts, the last 2 of 3 steps;"))
      #expect(try learn(folder, ["--steps", "2", "-o", "parts"]).status == 0)
      #expect(try learn(folder, ["--steps", "4", "-o", "parts"]).status == 0)
      func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)) }
      let isSame = try bytes("whole-run/checkpoint.safetensors") == bytes("parts-run/checkpoint.safetensors")
      #expect(isSame)
      let isWrittenSame = try bytes("whole/model.safetensors") == bytes("parts/model.safetensors")
      #expect(isWrittenSame)
      #expect(FileManager.default.fileExists(atPath: folder + "/whole-run/samples-4.png"))

      let made = try Program.run(
        ["image", "a cat", "-m", Program.image, "--steps", "2", "--text-encoder", "whole:0.5"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("weight 0.5: its text space is "))
    }
  }

  @Test func `A LoRA is a file for --lora and --text-encoder, and keeps its rank`() throws {
    try withPrompts { folder in
      let lora = ["--lora-rank", "2", "-o", "lora.safetensors"]
      let made = try learn(folder, ["--steps", "2"] + lora)
      #expect(made.status == 0, "\(made.errors)")
      for option in ["--lora", "--text-encoder"] {
        let used = try Program.run(
          ["image", "a cat", "-m", Program.image, "--steps", "2", option, "lora.safetensors"], in: folder)
        #expect(used.status == 0, "\(used.errors)")
      }
      let other = try learn(folder, ["--steps", "3", "--lora-rank", "3", "-o", "lora.safetensors"])
      #expect(other.status == 1)
      #expect(other.errors.contains("tuned is there 'text-encoder, a LoRA of rank 2"))
    }
  }

  @Test func `The denoiser is tuned under a tuned encoder, and pictures serve in place of runs`() throws {
    try withPrompts { folder in
      #expect(try learn(folder, ["--steps", "1", "-o", "tuned"]).status == 0)
      let unet = try learn(
        folder,
        ["--steps", "1", "--tune", "unet", "--text-encoder", "tuned", "--lora-rank", "1", "-o", "u.safetensors"])
      #expect(unet.status == 0, "\(unet.errors)")
      let keys = try openTensorFile(folder + "/u.safetensors").entries.keys
      #expect(keys.allSatisfy { $0.hasPrefix("lora_unet_") } && !keys.isEmpty)

      try FileManager.default.createDirectory(atPath: folder + "/p", withIntermediateDirectories: true)
      let picture = try Program.run(
        ["image", "a cat", "-m", Program.image, "--steps", "1", "-o", "p/a.png"], in: folder)
      #expect(picture.status == 0, "\(picture.errors)")
      var arguments = Self.usual
      arguments[try #require(arguments.firstIndex(of: "--prompt-file"))] = "--pictures"
      arguments[try #require(arguments.firstIndex(of: "prompts.txt"))] = "p"
      let bare = try Program.run(arguments + ["--steps", "1", "-o", "a"], in: folder)
      #expect(bare.status == 64 && bare.errors.contains("a.png has no caption"), "\(bare.errors)")
      try Data("a cat".utf8).write(to: URL(fileURLWithPath: folder + "/p/a.txt"))
      let learned = try Program.run(arguments + ["--steps", "1", "-o", "a"], in: folder)
      #expect(learned.status == 0, "\(learned.errors)")
    }
  }

  @Test func `Guidance of 1 learns from the prompt's row, and says so`() throws {
    try withPrompts { folder in
      let made = try learn(folder, ["--steps", "1", "--guidance-scale", "1", "-o", "tuned"])
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("the prompt's row alone is learned from"))
    }
  }

  @Test(arguments: [
    (["--recorded-steps", "4"], 64, "--recorded-steps is 4; a run has 3 sampler steps"),
    (["--text-encoder", "x"], 64, "it goes with --tune unet"),
    (["--pictures", "x"], 64, "--prompt-file and --pictures were both given"),
    (["--lora-alpha", "2"], 64, "there is no LoRA"),
    (["--lora-rank", "2000"], 64, "rank is 2000; expected a number from 1 to 1024"),
    (["--clip-constraint", "tuned"], 64, "expected frozen, unless the text encoder is tuned and clipscore is among"),
    (["--rate", "nan"], 64, "--rate is nan; it must be a number above 0"),
    (["--prompt-file", "nothing.txt"], 1, "nothing.txt cannot be read"),
    (["-o", "held.txt"], 64, "--output is held.txt, a file"),
    (["--tune", "unet", "--text-encoder", "held.txt"], 1, "held.txt"),
  ])
  func `What cannot be followed is refused`(_ arguments: [String], _ status: Int32, _ words: String) throws {
    try withPrompts { folder in
      let refused = try learn(folder, ["--steps", "1"] + arguments)
      #expect(refused.status == status, "\(refused.errors)")
      #expect(refused.errors.contains(words), "\(refused.errors)")
      #expect(try Program.contents(folder).filter { !$0.hasSuffix(".txt") }.isEmpty)
    }
  }

  @Test func `A run that is refused leaves what is there`() throws {
    try withPrompts { folder in
      let first = try learn(folder, ["--steps", "1", "--lora-rank", "2", "-o", "tuned.safetensors"])
      #expect(first.status == 0, "\(first.errors)")
      let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/tuned.safetensors"))
      // The same state, asked to go on as something else.
      let other = try learn(
        folder, ["--steps", "1", "--lora-rank", "3", "--run", "tuned-lora-run", "-o", "tuned.safetensors"])
      #expect(other.status == 1 && other.errors.contains("holds a run of other settings"), "\(other.errors)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/tuned.safetensors")) == before)
    }
  }

  @Test func `A rate that blows it up ends with words and leaves what was best`() throws {
    try withPrompts { folder in
      let broken = try learn(folder, ["--steps", "20", "--rate", "1e30", "-o", "tuned"])
      #expect(broken.status == 1, "\(broken.errors)")
      #expect(broken.errors.contains("not finite"))
    }
  }

  @Test func `Ctrl-C keeps the state`() throws {
    try withPrompts { folder in
      let cut = try Program.run(
        Self.usual + ["--steps", "400", "-o", "tuned"], in: folder, interruptAt: "tuning 2/400")
      #expect(cut.status == 130, "\(cut.errors)")
      #expect(FileManager.default.fileExists(atPath: folder + "/tuned/model.safetensors"))
      #expect(FileManager.default.fileExists(atPath: folder + "/tuned-run/checkpoint.safetensors"))
    }
  }

  @Test func `An encoder is an arm of a comparison`() throws {
    try withPrompts { folder in
      let encoder = Program.image + "/text_encoder"
      let compared = [
        "compare", "-m", "tiny=\(Program.video)", "--steps", "2", "--frames", "3", "-p", "a cat", "--negative", "none",
        "--arm", "tuned=--text-encoder '\(encoder):0.5' --text-encoder-interval 0.5,1",
        "--arm", "both=--text-encoder \(encoder) --negative-prompt 'a blurry picture' --guidance-rule cfg-zero",
        "--baseline", "tiny=tuned", "-o", "out",
      ]
      let made = try Program.run(compared, in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("3 pictures or clips"))
      #expect(made.errors.contains("its text space is "))
      let report = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
      #expect(report.contains("the rule cfg_zero_star"))
      #expect(made.output.contains("against tuned"), "\(made.output)")
      #expect(report.contains("the text encoder \(encoder), weight 0.5"))
      for (arm, words) in [
        ("x", "NAME=OPTIONS"), ("x=--width 3", "Unknown option"),
        ("x=--text-encoder nothing", "nothing cannot be read"),
      ] {
        let refused = try Program.run(compared + ["--arm", arm], in: folder)
        #expect(refused.status != 0 && refused.errors.contains(words), "\(refused.errors)")
      }
    }
  }
}
