/// The phrases that captions are made of.
///
/// The first of each list is the usual one.
package enum CaptionWords {
  package static func phrases(_ size: SceneSize) -> [String] {
    switch size {
    case .small: ["small", "tiny", "little"]
    case .medium: ["medium", "medium-sized"]
    case .large: ["large", "big", "huge"]
    }
  }

  package static func phrases(_ position: ScenePosition) -> [String] {
    switch position {
    case .center: ["in the center", "in the middle"]
    case .left: ["on the left", "on the left side"]
    case .right: ["on the right", "on the right side"]
    case .top: ["at the top", "near the top"]
    case .bottom: ["at the bottom", "near the bottom"]
    }
  }

  package static func phrases(_ motion: Motion) -> [String] {
    switch motion {
    case .left: ["moving left", "moving to the left", "going left", "sliding left"]
    case .right: ["moving right", "moving to the right", "going right", "sliding right"]
    case .up: ["moving up", "going up", "rising"]
    case .down: ["moving down", "going down", "falling"]
    case .growing: ["growing", "getting bigger", "getting larger"]
    case .shrinking: ["shrinking", "getting smaller"]
    case .spinning: ["spinning", "rotating", "turning around"]
    case .bouncing: ["bouncing", "bouncing up and down", "jumping"]
    case .still: ["standing still", "not moving", "still"]
    }
  }

  /// Each list starts with words that can stand before "picture".
  package static func phrases(_ damage: DamageKind) -> [String] {
    switch damage {
    case .blurred: ["blurry", "blurred", "out of focus"]
    case .noisy: ["noisy", "grainy"]
    case .pixelated: ["pixelated", "blocky"]
    case .washedOut: ["washed out", "faded"]
    case .dark: ["dark", "underexposed"]
    case .distorted: ["distorted", "warped"]
    case .jpeg: ["compressed", "jpeg artifacts"]
    }
  }

  package static func phrases(_ quality: CaptionQuality) -> [String] {
    switch quality {
    case .high: ["high quality", "sharp", "best quality", "clear"]
    case .low: ["low quality", "bad quality", "worst quality"]
    }
  }

  /// Words before a background: "on a yellow background".
  static let beforeBackground = ["on", "against", "in front of"]
  /// The same after a motion from edge to edge.
  static let acrossBackground = ["across", "over"]
  static let pictureNouns = ["picture", "image", "drawing"]
  static let videoNouns = ["video", "clip", "animation"]

  /// Names that English uses without "a".
  private static let withoutArticle: Set = [
    "grapes", "scissors", "socks", "books", "jeans", "broccoli", "sushi", "ice",
  ]

  /// "a red apple", "an owl", "a unicorn", "small grapes".
  ///
  /// `name` decides whether there is an article, the first word which.
  static func withArticle(_ phrase: String, name: String = "") -> String {
    if withoutArticle.contains(name) { return phrase }
    let vowel = phrase.first.map("aeiou".contains) ?? false
    return (vowel && !phrase.hasPrefix("uni") ? "an " : "a ") + phrase
  }

  /// Words that carry no attribute.
  static let fillers: Set = Set(
    ["a", "an", "the", "of", "with", "and", "is", "it", "background", "there"]
      + beforeBackground.flatMap { $0.split(separator: " ").map(String.init) } + acrossBackground + pictureNouns
      + videoNouns)
}
