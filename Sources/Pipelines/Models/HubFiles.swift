/// What is needed of the hub's repositories: the arguments of `hf download`, as docs/models.md has them.
enum HubFiles {
  /// The arguments behind a repository's name, with a space in front.
  static func wanted(of name: String) -> String {
    let name = name.lowercased()
    return " " + (known.first { name.hasPrefix($0.beginning) }?.arguments ?? usual)
  }

  private static let usual =
    #"--include "*.json" "*.txt" "*.safetensors" "*.model" --exclude "*.fp16.*" "*non_ema*" "safety_checker/*""#

  private static let known: [(beginning: String, arguments: String)] = [
    (
      "stable-diffusion-v1-5/",
      #"--include "*.json" "*.txt" "*.safetensors" --exclude "*.fp16.*" "*non_ema*" "safety_checker/*" "v1-5*""#
    ),
    (
      "stabilityai/stable-diffusion-2",
      #"--include "*.json" "*.txt" "*/*.safetensors" --exclude "*.fp16.*" "*non_ema*""#
    ),
    ("cerspense/zeroscope", #"--include "*.json" "*.txt" "*/*.safetensors" "*/*.bin""#),
    ("damo-vilab/", #"--include "*.json" "*.txt" "*/*.safetensors" "*/*.bin""#),
    ("videocrafter/", "model.ckpt"),
    ("guoyww/animatediff-motion", #"--include "*.json" "*.safetensors""#),
    ("lllyasviel/", #"--include "*.json" "*.safetensors""#),
    ("openai/clip", #"--include "*.json" "*.txt" "*.safetensors""#),
    ("google-t5/", #"--include "*.json" "*.safetensors" "spiece.model""#),
  ]
}
