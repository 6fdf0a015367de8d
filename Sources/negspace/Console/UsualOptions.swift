/// The options that the first screen of help has, of commands that have more than fit there.
enum UsualOptions {
  private static let generation = [
    "prompt", "negative-prompt", "negative-embedding", "prompt-weighting", "model", "lora", "control-net",
    "control-image", "steps", "guidance-scale", "sampler", "seed", "width", "height", "output", "batch-count", "dtype",
    "quiet", "json",
  ]

  /// By the command's words.
  static let of: [String: [String]] = [
    "video": generation + ["motion-adapter", "frames", "fps", "init-video"],
    "image": generation + ["init-img", "mask", "strength"],
    "compare": [
      "negative", "arm", "baseline", "model", "prompt", "prompt-file", "seeds", "seed", "reward", "judge", "steps",
      "guidance-scale", "frames", "output", "dtype", "json",
    ],
    "learn reneg": [
      "model", "reward", "prompt-file", "validation-file", "init", "steps", "batch", "rate", "validate-every",
      "patience", "sampling-steps", "guidance-scale", "together", "seed", "run", "output", "dtype", "threads",
    ],
    "learn reneg-sample": [
      "model", "reward", "prompt-file", "init", "steps", "patience", "rate", "each-step", "seed", "seeds", "output",
      "sampling-steps", "guidance-scale", "dtype", "threads",
    ],
    "learn dreamartist": [
      "picture", "model", "token", "attention", "positive-vectors", "negative-vectors", "guidance-scale", "template",
      "steps", "rate", "batch", "seed", "preview-every", "run", "output", "dtype", "threads",
    ],
    "learn textcraftor": [
      "model", "reward", "prompt-file", "pictures", "validation-file", "tune", "lora-rank", "sampling-steps",
      "recorded-steps", "guidance-scale", "batch", "steps", "rate", "patience", "seed", "run", "output", "dtype",
      "threads",
    ],
    "learn negopt measure": [
      "model", "prompt-file", "candidate-file", "reward", "pictures", "check-pictures", "kept", "sampling-steps", "run",
      "output", "dtype", "threads",
    ],
    "learn negopt sft": [
      "data", "prompt-column", "negative-column", "min-likes", "model", "steps", "batch", "rate", "patience", "seed",
      "run", "output", "dtype", "threads",
    ],
    "learn negopt rl": [
      "writer", "model", "prompt-file", "validation-file", "reward", "steps", "rate", "prompts", "pictures",
      "sampling-steps", "guidance-scale", "patience", "seed", "run", "output", "dtype", "threads",
    ],
    "score": [
      "file", "reward", "judge", "clip-negative", "classifier", "reference", "prompt", "csv", "threads", "quiet",
      "json",
    ],
    "negative": [
      "prompt", "prompt-file", "writer", "model", "beams", "sample", "max-tokens", "best-of", "reward", "seed", "json",
      "quiet",
    ],
  ]

  /// What such an option does in fewer words than its own.
  static let brief: [String: String] = [
    "prompt": "What is to be seen; --prompt-file has many", "negative-prompt": "Words to avoid",
    "negative-embedding": "A learned negative, beside those words",
    "prompt-weighting": "a1111: (word:1.3), [from:to:0.5], [a|b]", "model": "A folder, a file, or OWNER/NAME",
    "motion-adapter": "AnimateDiff's, on a model of pictures", "lora": "Add a LoRA; may be repeated",
    "control-net": "A ControlNet; --canny shows it edges", "control-image": "The picture it is shown",
    "steps": "How many", "guidance-scale": "How strongly prompt and negative count",
    "sampler": "ddim, dpmpp_2m, euler, euler_a, unipc, …", "seed": "Where the random numbers start",
    "width": "Pixels, before enlarging", "height": "Pixels, before enlarging", "frames": "Frames of a clip",
    "fps": "Frames a second", "output": "What is written", "batch-count": "How many, with seeds s, s + 1, …",
    "dtype": "float32 or bfloat16", "threads": "Threads", "quiet": "Say nothing but result, warnings, errors",
    "json": "Print the result as JSON", "init-img": "Start from this picture", "init-video": "Start from this video",
    "mask": "Paint only what is white here", "strength": "How much of it is given up, 0 to 1",
    "candidate-file": "Negatives to be tried, one a line", "clip-negative": "Agreement with the words to avoid",
    "classifier": "Inception Score of all: an Inception v3, …", "reference": "Pictures to measure the FID to",
    "reward": "What it is judged by, NAME[=PATH][:WEIGHT]", "judge": "The family's judge",
    "prompt-file": "Prompts, one a line; - is standard input", "validation-file": "Prompts to validate on",
    "run": "Its state; the same command goes on there", "negative": "NAME=WORDS, NAME=FILE or NAME=none",
    "arm": "NAME=\"OPTIONS\", more than a negative", "baseline": "What the others are measured against",
    "seeds": "Seeds of each prompt", "attention": "A grey picture of what counts in it",
    "guidance": "Guidance", "tune": "text-encoder or unet", "lora-rank": "A LoRA in place of all weights",
    "token": "The word to say; to avoid: with -neg", "sampling-steps": "Sampler steps of a run",
    "recorded-steps": "The last steps, which are learned from", "data": "CSV, TSV, JSON lines or Parquet",
  ]
}
