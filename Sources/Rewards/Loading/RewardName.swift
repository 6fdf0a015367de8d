/// A reward by its name, its files and its weight; the networks are read when something has to be scored.
///
///     RewardName(.quality, path: "Models/emoji-reward")
///     try RewardName(parsing: "clipscore=Models/emoji-clip:0.05")
public struct RewardName: Sendable, Hashable {
  /// The scores that there are.
  public enum Kind: String, Sendable, CaseIterable {
    /// Agreement of picture and prompt by a CLIP, 100 · max(0, cosine) (arXiv:2104.08718).
    case clipScore = "clipscore"
    /// People's choice between pictures for a prompt (PickScore, arXiv:2305.01569).
    case pickScore = "pickscore"
    /// People's preference for a prompt (HPS v2, arXiv:2306.09341).
    case hps
    /// People's rating of a picture for a prompt (ImageReward, arXiv:2304.05977).
    case imageReward = "imagereward"
    /// The looks of a picture, whatever the prompt (LAION's aesthetic predictor on CLIP ViT-L/14).
    case aesthetic
    /// The quality of a picture of the family that ships, whatever the prompt.
    case quality
    /// How colourful a picture is (Hasler and Süsstrunk 2003), of values in [0, 1]; without a network.
    case colourfulness
    /// How sharp a picture is, 0 to 1, by its brightness' Laplacian; without a network.
    case sharpness
    /// How near a picture's mean brightness is to 0.5 and its spread to 0.25, at most 0; without a network.
    case exposure
    /// How small a picture is as a JPEG, minus kilobytes; without a network, and without a gradient.
    case jpegSize = "jpegsize"

    /// The files that have to be named with it, in words.
    public var files: String {
      switch self {
      case .clipScore, .pickScore, .hps: "a CLIP: a folder in transformers' layout, or one file with OpenCLIP's names"
      case .imageReward: "ImageReward.pt, with BERT's vocab.txt beside it"
      case .aesthetic: "CLIP ViT-L/14 and the head's file"
      case .quality: "a folder with quality.safetensors, such as Models/emoji-reward"
      case .colourfulness, .sharpness, .exposure, .jpegSize: "no file"
      }
    }

    /// Whether a network's files have to be named with it.
    public var needsFiles: Bool {
      switch self {
      case .colourfulness, .sharpness, .exposure, .jpegSize: false
      case .clipScore, .pickScore, .hps, .imageReward, .aesthetic, .quality: true
      }
    }

    /// Whether the score is made by a head in a file of its own.
    var hasHead: Bool { self == .aesthetic }

    /// Whether the score depends on what the picture should show.
    public var readsPrompt: Bool {
      switch self {
      case .clipScore, .pickScore, .hps, .imageReward: true
      case .aesthetic, .quality, .colourfulness, .sharpness, .exposure, .jpegSize: false
      }
    }
  }

  /// The score.
  public let kind: Kind
  /// The network's folder or file.
  public let path: String?
  /// The file of a head that stands apart from its tower.
  public let head: String?
  /// Weight in a sum of several.
  public let weight: Float

  /// A reward with its files.
  public init(_ kind: Kind, path: String? = nil, head: String? = nil, weight: Float = 1) {
    (self.kind, self.path, self.head, self.weight) = (kind, path, head, weight)
  }

  /// Reads `NAME[=PATH[,HEAD]][:WEIGHT]`, as the command line takes it.
  ///
  /// - Throws: `RewardError.badName`, `RewardError.needlessPath`.
  public init(parsing text: String) throws {
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
    if parts.count > 1, !kind.needsFiles { throw RewardError.needlessPath(kind, path: String(parts[1])) }
    // Paths may hold commas, too, where no second one is wanted.
    let paths = parts.dropFirst().flatMap { $0.split(separator: ",", maxSplits: kind.hasHead ? 1 : 0) }.map(String.init)
    self.init(kind, path: paths.first, head: paths.count > 1 ? paths[1] : nil, weight: weight)
  }
}
