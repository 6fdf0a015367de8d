public import NegativeSpacePipelines
import NegativeSpaceWeights

/// A model that the negatives are tried on, with the prompts it is given.
public struct ComparedModel: Sendable {
  /// Name in tables.
  public let name: String
  /// The model's folder or file.
  public let path: String
  /// Its prompts; number p, from 0, has the seeds from `Comparison.seedStride` · p on.
  public var prompts: [String]
  /// A ControlNet; nil for none.
  public var control: Control?
  /// Parts that are replaced or added.
  public var parts = Parts()
  /// The place of the arm that the others are measured against; nil is the comparison's.
  public var baseline: Int?

  /// Replacements for parts of the model, and additions to it.
  public struct Parts: Sendable, Hashable {
    /// AnimateDiff's layers for a model of pictures, which makes videos then.
    public var motionAdapter: String?
    /// Another autoencoder.
    public var vae: String?
    /// LoRAs by their weights.
    public var loras: [FileReference] = []

    /// The model as it is.
    public init() {}
  }

  /// A ControlNet and the picture, or the pictures, that it is shown.
  public struct Control: Sendable, Hashable {
    /// The ControlNet's folder or file.
    public let net: String
    /// A file for all prompts, or a folder with one for each.
    public let image: String
    /// Its strength; 1 is full.
    public var strength: Double
    /// Whether it is shown the picture's edges.
    public var canny: Bool

    /// A ControlNet with what it is shown.
    public init(net: String, image: String, strength: Double = 1, canny: Bool = false) {
      (self.net, self.image, self.strength, self.canny) = (net, image, strength, canny)
    }
  }

  /// A model with its prompts.
  public init(_ name: String, path: String, prompts: [String], control: Control? = nil) {
    (self.name, self.path, self.prompts, self.control) = (name, path, prompts, control)
  }

  /// Pictures, and what a ControlNet of a video model may be shown beside them.
  private static let endings = [
    ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".mp4", ".webm", ".apng",
  ]

  /// The ControlNet with its picture: none, one for all prompts, or one for each.
  ///
  /// - Throws: `ModelError.unreadable`, `EvaluationError.fileCount`.
  func controls() throws -> [ControlCondition] {
    guard let control else { return [] }
    let images =
      try existingKind(control.image) == .folder
      ? PerPromptFiles.inOrder(control.image, endings: Self.endings, prompts: prompts) : [control.image]
    return images.map { image in
      var condition = ControlCondition(net: FileReference(path: control.net), image: FileReference(path: image))
      (condition.strength, condition.canny) = (control.strength, control.canny)
      return condition
    }
  }
}
