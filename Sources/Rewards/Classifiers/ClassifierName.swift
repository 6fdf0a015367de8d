import NegativeSpaceConfiguration

/// A classifier of pictures by its files; its network is read when pictures are to be looked at.
public enum ClassifierName: Sendable, Hashable {
  /// A reward that reads prompts, CLIP's above all, by the names of classes.
  case reward(RewardName, classes: [String])
  /// Inception v3: torchvision's file, or the one by which the FID is measured.
  case inception(path: String)

  /// Reads `clipscore=PATH`, or the path of an Inception v3.
  ///
  /// - Parameter classes: names for the former.
  /// - Throws: `RewardError.badClasses`, errors in the name.
  public init(parsing text: String, classes: [String] = []) throws {
    guard text.split(separator: "=").first.flatMap({ RewardName.Kind(rawValue: String($0)) }) != nil else {
      guard classes.isEmpty else { throw RewardError.badClasses(text, expected: "none: an Inception v3 has its own") }
      self = .inception(path: text)
      return
    }
    let reward = try RewardName(parsing: text)
    guard reward.kind.readsPrompt, classes.count > 1 else {
      throw RewardError.badClasses(
        text, expected: "a reward that reads prompts, with at least two names of classes")
    }
    self = .reward(reward, classes: classes)
  }

  /// The files and folders that it is read from.
  package var paths: [String] {
    switch self {
    case .reward(let reward, _): [reward.path, reward.head].compactMap { $0 }
    case .inception(let path): [path]
    }
  }

  /// Reads the network.
  ///
  /// - Throws: `RewardError`, errors in a file.
  package func load() throws -> any PictureClassifier {
    switch self {
    case .reward(let reward, let classes): CLIPClassifier(try reward.load(), classes: classes)
    case .inception(let path): try InceptionClassifier(path: path)
    }
  }
}
