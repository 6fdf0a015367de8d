import Foundation
import Testing

/// The first half hour: help, wrong names, folders that are not there, what is installed.
struct WallTests {
  static let commands = [
    "", "video", "image", "compare", "learn", "learn reneg", "learn reneg-sample", "learn dreamartist",
    "learn textcraftor", "learn negopt", "learn negopt sft", "learn negopt rl", "learn negopt stats",
    "learn negopt measure", "negative",
    "score",
    "embedding", "embedding encode", "embedding inspect", "embedding convert", "model", "model inspect",
    "model convert",
    "model run", "train", "train part", "train evaluate", "train export", "train import", "train prompts", "info",
    "reproduce", "bench", "bench networks", "concepts",
  ]

  @Test(arguments: commands)
  func `Help is a screen, and all of it is asked for`(_ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let help = try Program.run(words + ["--help"], in: "/")
    let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(help.status == 0 && help.errors.isEmpty)
    #expect(lines.count <= 47, "\(lines.count)")
    #expect(lines.allSatisfy { $0.count <= 100 }, "\(lines.max { $0.count < $1.count } ?? "")")
    #expect(help.output.contains("Usage: negspace"))
    #expect(!help.output.contains("positional"))
    #expect(try Program.run(["help"] + words, in: "/").output == help.output)
    let all = try Program.run(words + ["--help", "all"], in: "/")
    #expect(all.status == 0 && all.output.count >= help.output.count - 200)
    #expect(try Program.run(words + ["--help-hidden"], in: "/").output == all.output)
  }

  @Test func `Options stand in their groups, and a group can be asked for`() throws {
    let help = try Program.run(["video", "--help"], in: "/").output
    let model = try #require(help.firstRange(of: "\nModel:"))
    let size = try #require(help.firstRange(of: "\nSize:"))
    let start = try #require(help.firstRange(of: "\nStart:"))
    #expect(help[model.upperBound..<start.lowerBound].contains("-m, --model"))
    #expect(help[size.upperBound...].contains("--frames") && help[size.upperBound...].contains("--fps"))
    let group = try Program.run(["video", "--help", "preview"], in: "/").output
    #expect(group.contains("--preview-interval") && !group.contains("--steps"))
    let none = try Program.run(["video", "--help", "colour"], in: "/")
    #expect(none.status == 0 && none.output.contains("There is no group \"colour\""))
  }

  @Test(arguments: [
    ("video x --neg y", "--negative-prompt"), ("video x --n-prompt y", "--negative-prompt"),
    ("video x --negative y", "--negative-prompt"), ("image x --num-inference-steps 3", "--steps"),
    ("image x --guidance 3", "--guidance-scale"), ("image x --guidence-scale 3", "--guidance-scale"),
    ("video x --num-frames 3", "--frames"), ("image x --out a.png", "--output"), ("image x --outdir a", "--output"),
    ("image x --sampler_name y", "--sampler"), ("learn reneg --prompt-file - --cfg 3", "--guidance-scale"),
    ("compare --neg a", "--negative"), ("image x --denoising-strength 1", "--strength"),
    ("image x --control 1", "--control-net"), ("image x --sead 3", "--seed"),
  ])
  func `The option that is meant is proposed`(_ words: String, _ option: String) throws {
    let outcome = try Program.run(words.split(separator: " ").map(String.init), in: "/", input: "a\n")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("Did you mean '\(option)'?"), "\(outcome.errors)")
  }

  @Test func `What is like nothing is proposed nothing for, and other programs' commands are known`() throws {
    #expect(try !Program.run(["image", "x", "--zzzzzz", "1"], in: "/").errors.contains("Did you mean"))
    #expect(try Program.run(["txt2img", "x"], in: "/").errors.contains("Did you mean negspace image?"))
    let help = try Program.run(["help", "vidoe"], in: "/")
    #expect(help.status == 64 && help.errors.contains("Did you mean negspace video?"))
  }

  @Test func `A folder is made where its own is there, and otherwise the command that makes it is said`() throws {
    try Program.withFolder { folder in
      let run = ["image", "x", "-m", Program.image, "--steps", "1"]
      let made = try Program.run(
        run + ["-o", "new/a.png", "--save-latents", "other/l.safetensors", "--save-frames", "frames"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(try Program.contents(folder) == ["frames", "new", "other"])
      let missing = try Program.run(run + ["-o", "no/such/a.png"], in: folder)
      #expect(missing.status == 64 || missing.status == 1)
      #expect(missing.errors.contains("mkdir -p '") && missing.errors.contains("no/such'"), "\(missing.errors)")
      let wrong = try Program.run(["image", "x", "-m", "nothing", "-o", "empty/a.png"], in: folder)
      #expect(wrong.status == 1)
      #expect(try Program.contents(folder) == ["frames", "new", "other"])
      let encoded = try Program.run(
        ["embedding", "encode", "x", "-m", Program.image, "-o", "e/a.safetensors"], in: folder)
      #expect(encoded.status == 0, "\(encoded.errors)")
    }
  }

  @Test(arguments: ["learn reneg --prompt-file p -o a.safetensors", "learn dreamartist a.png --token x -o w"])
  func `Seeds of learning have 64 bits`(_ words: String) throws {
    let words = words.split(separator: " ").map(String.init)
    // What is refused is the missing file, not the seed.
    let large = try Program.run(words + ["--seed", "18446744073709551615"], in: "/")
    #expect(large.status == 1, "\(large.errors)")
    let negative = try Program.run(words + ["-s", "-1"], in: "/")
    #expect(negative.status == 64 && negative.errors.contains("'-1' is invalid"), "\(negative.errors)")
  }

  @Test func `Completions know files and values, and the manual page every command`() throws {
    for shell in ["bash", "zsh", "fish"] {
      let script = try Program.run(["--generate-completion-script", shell], in: "/")
      #expect(script.status == 0)
      for word in [
        "dpmpp_2m", "karras", "negative-embedding", "motion-adapter", "bfloat16", "concepts", "lora-model-dir",
        "init-latents",
      ] {
        #expect(script.output.contains(word), "\(shell) \(word)")
      }
    }
    let page = try Program.run(["manual"], in: "/")
    #expect(page.status == 0 && page.output.hasPrefix(".TH NEGSPACE 1"))
    for command in Self.commands.suffix(from: 1)
    where !["learn", "learn negopt", "embedding", "model", "train", "bench"].contains(command) {
      #expect(page.output.contains(".SS \(command)\n"), "\(command)")
    }
  }

  @Test func `The family's words are listed, and a word that is none is said`() throws {
    let family = ["NEGSPACE_MODELS": Program.family]
    let list = try Program.run(["concepts"], in: "/", environment: family)
    #expect(list.status == 0 && list.output.contains("cat face (for cat, kitten, kitty)"))
    #expect(list.output.contains("\nmotions: moving left"))
    #expect(try Program.run(["concepts", "-m", Program.image], in: "/").errors.contains("declares no words"))
    try Program.withFolder { folder in
      let piano = try Program.run(["image", "a piano", "--steps", "1", "-o", "a.png"], in: folder, environment: family)
      #expect(piano.status == 0)
      #expect(
        piano.errors.contains("\"piano\" is not a word this model knows; closest: \"musical keyboard\"."),
        "\(piano.errors)")
      let prompt = try Program.run(["train", "prompts", "--count", "1"], in: "/").output.split(separator: "\n")[0]
      let known = try Program.run(
        ["image", String(prompt), "-n", "worst quality, extra fingers", "--steps", "1", "-o", "b.png"], in: folder,
        environment: family)
      #expect(!known.errors.contains("not a word"), "\(known.errors)")
    }
  }
}
