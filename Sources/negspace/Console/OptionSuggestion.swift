import ArgumentParser
import Foundation

/// What is proposed for an option that does not exist: names of other programs, parts of names, and slips.
enum OptionSuggestion {
  /// Options of diffusers' scripts, ComfyUI, A1111 and stable-diffusion.cpp that are called otherwise here.
  private static let elsewhere: [String: String] = [
    "neg": "negative-prompt", "n-prompt": "negative-prompt", "negative": "negative-prompt",
    "uncond": "negative-prompt", "neg-prompt": "negative-prompt", "num-inference-steps": "steps", "n-steps": "steps",
    "num-steps": "steps", "ddim-steps": "steps", "sample-steps": "steps", "iterations": "steps",
    "guidance": "guidance-scale", "cfg": "guidance-scale", "cfgs": "guidance-scale", "cfg-rescale": "guidance-rescale",
    "unconditional-guidance-scale": "guidance-scale", "scale-factor": "scale", "upscale": "scale",
    "num-frames": "frames", "n-frames": "frames", "length": "frames", "frame-rate": "fps", "framerate": "fps",
    "sampler-name": "sampler", "method": "sampler", "scheduler-name": "schedule", "noise-schedule": "schedule",
    "sigmas": "schedule", "outdir": "output", "out": "output", "output-dir": "output", "output-path": "output",
    "output-file": "output", "save-path": "output", "savedir": "output", "outfile": "output", "ckpt": "model",
    "ckpt-path": "model",
    "checkpoint": "model", "diffusion-model": "model", "pretrained-model-name-or-path": "model", "model-id": "model",
    "model-path": "model", "base": "config", "init-image": "init-img", "image": "init-img", "input-image": "init-img",
    "img": "init-img", "source-image": "init-img", "input": "init-img", "video": "init-video",
    "input-video": "init-video", "mask-image": "mask", "denoise": "strength", "denoising-strength": "strength",
    "controlnet": "control-net", "controlnet-image": "control-image",
    "controlnet-conditioning-scale": "control-strength",
    "control-scale": "control-strength", "textual-inversion": "embedding", "embeddings": "embedding",
    "lora-dir": "lora-model-dir",
    "lora-path": "lora", "lora-weights": "lora", "lora-scale": "lora", "embedding-dir": "embd-dir",
    "adapter": "motion-adapter", "precision": "dtype", "half": "dtype", "fp16": "dtype", "bf16": "dtype",
    "torch-dtype": "dtype", "num-threads": "threads", "n-threads": "threads", "cpu-threads": "threads",
    "clip-skip-layers": "clip-skip", "num-images": "batch-count", "n-samples": "batch-count",
    "num-images-per-prompt": "batch-count", "n-iter": "batch-count", "batch-size": "batch-count", "generator": "seed",
    "manual-seed": "seed", "lr": "rate", "learning-rate": "rate", "max-train-steps": "steps",
    "num-train-steps": "steps", "train-batch-size": "batch", "output-name": "output", "prompts": "prompt-file",
    "from-file": "prompt-file", "prompts-file": "prompt-file", "verbosity": "verbose", "silent": "quiet",
    "resume": "run", "resume-from-checkpoint": "run", "vae-path": "vae",
    "tiny-vae": "taesd", "tae-path": "taesd", "tile": "vae-tiling", "vae-slicing": "vae-tiling",
    "prompt-strength": "guidance-scale", "weighting": "prompt-weighting",
    "deepcache": "feature-interval", "slg-scale": "guidance-rule", "nag-scale": "attention-option",
  ]

  /// The name, without dashes, of an option that the parser says it does not know; nil for other messages.
  static func unknown(in message: String) -> String? {
    message.firstMatch(of: /Unknown option '--?([^'=]+)/)?.1.description
  }

  /// The option of a command that is meant by a name that is none, with its dashes; nil where none is near.
  ///
  /// - Parameter names: the command's options without dashes.
  static func option(for unknown: String, among names: [String]) -> String? {
    let wanted = unknown.lowercased().replacing("_", with: "-")
    func spelled(_ name: String) -> String { (name.count == 1 ? "-" : "--") + name }
    if let other = elsewhere[wanted], names.contains(other) { return spelled(other) }
    if names.contains(wanted) { return spelled(wanted) }
    guard wanted.count > 1 else { return nil }
    let long = names.filter { $0.count > 1 }
    let nearest = long.min { CommandSuggestion.distance($0, wanted) < CommandSuggestion.distance($1, wanted) }
    if let nearest, CommandSuggestion.distance(nearest, wanted) <= max(1, wanted.count / 4) { return spelled(nearest) }
    // A beginning, or words that all stand in one name.
    let words = Set(wanted.split(separator: "-"))
    let parts = long.filter { $0.hasPrefix(wanted) || words.isSubset(of: Set($0.split(separator: "-"))) }
    return parts.min { ($0.count, $0) < ($1.count, $1) }.map(spelled)
  }

  /// A message of the parser with what is proposed in place of its own proposal.
  ///
  /// - Parameter arguments: of the program, which say what command was meant.
  static func proposed(_ message: String, for arguments: [String]) -> String {
    let end = message.firstIndex(of: "\n") ?? message.endIndex
    if let option = message.firstMatch(of: /Missing value for '(--?[^' ]+)/)?.1,
      let place = arguments.firstIndex(of: String(option)), place + 1 < arguments.count
    {
      let value = arguments[place + 1]
      return "Error: \(option) is followed by \(value), which begins with a dash; a value that does is written "
        + "\(option)=\(value), a file's name also ./\(value)" + message[end...]
    }
    if message.firstMatch(of: /unexpected arguments?:/.ignoresCase()) != nil, arguments.count > 2,
      ["image", "video", "negative"].contains(arguments[0])
    {
      return message[..<end] + ". A text of several words stands in quotes." + message[end...]
    }
    guard let unknown = unknown(in: message), let program = try? CommandDescription.program() else { return message }
    let (command, _) = program.command(arguments[...])
    let names = (command.arguments ?? []).flatMap { ($0.names ?? []).map(\.name) }
    let sentence = message[..<end]
    let bare = sentence.range(of: ". Did you mean").map { sentence[..<$0.lowerBound] } ?? sentence
    let proposal = option(for: unknown, among: names).map { ". Did you mean '\($0)'?" }
    return bare + (proposal ?? String(sentence[bare.endIndex...])) + message[end...]
  }
}
