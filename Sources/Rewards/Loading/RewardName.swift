/// A reward as it is asked for on the command line: `NAME[=PATH[,HEAD]][:WEIGHT]`.
package struct RewardName: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    case clipScore = "clipscore"
    case pickScore = "pickscore"
    case hps
    case imageReward = "imagereward"
    case aesthetic
    case quality

    /// What has to be named with it.
    package var files: String {
      switch self {
      case .clipScore, .pickScore, .hps: "a CLIP: a folder in transformers' layout, or one file with OpenCLIP's names"
      case .imageReward: "ImageReward.pt, with BERT's vocab.txt beside it"
      case .aesthetic: "CLIP ViT-L/14 and the head's file"
      case .quality: "a folder with quality.safetensors, such as Models/emoji-reward"
      }
    }

    /// Whether the score is made by a head in a file of its own.
    var hasHead: Bool { self == .aesthetic }

    /// Whether the score depends on what the picture should show.
    package var readsPrompt: Bool {
      switch self {
      case .clipScore, .pickScore, .hps, .imageReward: true
      case .aesthetic, .quality: false
      }
    }
  }

  package let kind: Kind
  /// The network's folder or file.
  package let path: String?
  /// The file of a head that stands apart from its tower.
  package let head: String?
  package let weight: Float

  package init(_ kind: Kind, path: String? = nil, head: String? = nil, weight: Float = 1) {
    (self.kind, self.path, self.head, self.weight) = (kind, path, head, weight)
  }

  /// - Throws: `RewardError.badName`.
  package init(parsing text: String) throws {
    // A weight is what follows the last colon, if it is a number: paths may hold colons.
    var rest = Substring(text)
    var weight: Float = 1
    if let colon = rest.lastIndex(of: ":"), let value = Float(rest[rest.index(after: colon)...]), value.isFinite {
      weight = value
      rest = rest[..<colon]
    }
    let parts = rest.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.first, let kind = Kind(rawValue: String(name)) else {
      throw RewardError.badName(text)
    }
    // Paths may hold commas, too, where no second one is wanted.
    let paths = parts.dropFirst().flatMap { $0.split(separator: ",", maxSplits: kind.hasHead ? 1 : 0) }.map(String.init)
    self.init(kind, path: paths.first, head: paths.count > 1 ? paths[1] : nil, weight: weight)
  }
}
