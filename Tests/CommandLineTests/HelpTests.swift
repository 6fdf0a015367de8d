import Foundation
import Testing

struct HelpTests {
  /// Options, by command, that people type who come from other programs, for what there is already.
  static let options: [(String, [String])] = [
    (
      "image",
      [
        "--model", "-m", "--prompt", "-p", "--prompt-file", "--negative-prompt", "-n", "--negative-embedding",
        "--embedding", "--prompt-weighting", "--long-prompt",
        "--steps",
        "--guidance-scale", "--cfg-scale", "--guidance-rescale", "--guidance-interval", "--scheduler-config", "--eta",
        "--sampler", "--schedule", "--seed", "-s", "--rng", "--width", "-W", "--height", "-H", "--clip-skip",
        "--init-latents",
        "--noise", "--save-latents", "--output", "-o", "--batch-count", "-b", "--dtype", "--threads", "-t", "--scale",
        "--quiet", "-q", "--verbose", "-v", "--json", "--init-img", "-i", "--mask", "--strength", "--vae", "--taesd",
        "--tae",
        "--preview", "--preview-interval", "--preview-path", "--taesd-preview-only",
        "--config", "--tokenizer", "--control-net", "--control-image", "--control-strength", "--canny",
        "--control-guidance-start", "--control-guidance-end", "--text-encoder", "--text-encoder-interval",
        "--guidance-rule", "--guidance-option", "--attention-negative", "--attention-option", "--negative-model",
        "--negative-interval", "--negative-search", "--reward", "--search-steps", "--interpolate-negative",
        "--negative-lora",
        "--negative-writer",
      ]
    ),
    (
      "compare",
      [
        "--negative", "-n", "--baseline", "--model", "-m", "--prompt", "-p", "--prompt-file", "--seeds", "--seed",
        "--reward",
        "--judge", "--control-net", "--control-image", "--control-strength", "--canny", "--steps", "--guidance-scale",
        "--output", "-o", "--shown", "--json", "-q", "--dtype", "-t", "--frames", "--arm",
      ]
    ),
    (
      "learn textcraftor",
      [
        "--model", "-m", "--reward", "--prompt-file", "--pictures", "--validation-file", "--tune", "--text-encoder",
        "--lora-rank", "--lora-alpha", "--lora-layers", "--lora-format", "--sampling-steps", "--recorded-steps",
        "--tested-steps", "--cfg-scale", "--grid", "--clip-constraint", "--preparation", "--batch", "--checkpointing",
        "--steps", "--rate", "--patience", "--seed", "-s", "--run", "--output", "-o", "--dtype", "-t",
      ]
    ),
    ("score", ["--reward", "--judge", "--prompt", "-p", "--csv", "--json", "--threads"]),
    (
      "video",
      [
        "--frames", "--video-frames", "--fps", "--save-frames", "--cfg-scale", "--negative-embedding", "--json",
        "--init-video", "--strength", "--control-net", "--control-image", "--control-strength", "--canny",
      ]
    ),
    ("negative", ["--writer", "-w", "--model", "-m", "--beams", "--sample", "--best-of", "--reward", "--json"]),
    ("learn negopt stats", ["--data", "--prompt-column", "--negative-column", "--json"]),
    (
      "learn negopt measure",
      ["--model", "-m", "--prompt-file", "--candidate-file", "--reward", "--pictures", "--kept", "--output", "-o"]
    ),
    ("learn negopt sft", ["--data", "--model", "-m", "--output", "-o", "--steps", "--run"]),
    (
      "learn negopt rl",
      ["--writer", "-w", "--model", "-m", "--prompt-file", "--reward", "--fidelity", "--output", "-o"]
    ),
    ("embedding encode", ["--model", "--output", "-o", "--clip-skip"]),
    ("embedding inspect", ["--model", "--json"]),
    ("embedding convert", ["--to", "--model", "-m", "--token", "--json"]),
    ("model inspect", ["--json", "--config", "--tokenizer"]),
    ("model convert", ["--output", "-o", "--dtype", "--tokenizer", "--config", "--ema", "--variant"]),
    ("model run", ["--component", "--inputs", "--output", "-o"]),
    (
      "learn dreamartist",
      [
        "--model", "-m", "--token", "--positive-vectors", "--negative-vectors", "--guidance-scale", "--cfg-scale",
        "--template", "--template-file", "--init", "--attention", "--reconstruction", "--batch", "--together",
        "--steps",
        "--rate", "--negative-rate", "--clip", "--average", "--clip-skip", "--seed", "-s", "--preview-every", "--run",
        "--output", "-o", "--form", "--dtype", "-t", "-q",
      ]
    ),
    ("info", ["--json"]),
    ("reproduce", ["--output", "-o", "--model", "-m", "--json"]),
  ]

  @Test(arguments: options.indices)
  func `Every command explains its options`(_ index: Int) throws {
    let (command, options) = Self.options[index]
    let help = try Program.run(command.split(separator: " ").map(String.init) + ["--help-hidden"])
    #expect(help.status == 0)
    #expect(help.errors.isEmpty)
    let words = Set(help.output.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init))
    for option in options { #expect(words.contains(option), "\(command) \(option)") }
  }

  @Test func `The overview names every command`() throws {
    let help = try Program.run(["--help"])
    #expect(help.status == 0)
    for command in ["video", "image", "embedding", "model", "train", "info", "reproduce"] {
      #expect(help.output.contains("\n  \(command) "), "\(command)")
    }
    let version = try Program.run(["--version"])
    #expect(
      version.output.wholeMatch(of: /\d+\.\d+\.\d+\n.*oneDNN.*; \d+ threads; (float32|bfloat16) by default\n/) != nil)
  }
}
