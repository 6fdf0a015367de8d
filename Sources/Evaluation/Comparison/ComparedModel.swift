package import NegativeSpacePipelines
import NegativeSpaceWeights

/// A model that the negatives are tried on, with the prompts it is given.
package struct ComparedModel: Sendable {
  /// How it is called in tables.
  package let name: String
  package let path: String
  package var prompts: [String]
  package var control: Control?
  package var parts = Parts()

  /// What takes the place of a part of the model, or is added to it.
  package struct Parts: Sendable, Hashable {
    /// AnimateDiff's layers for a model of pictures, which makes videos then.
    package var motionAdapter: String?
    /// Another autoencoder.
    package var vae: String?
    package var loras: [FileReference] = []

    package init() {}
  }

  /// A ControlNet and the picture, or the pictures, that it is shown.
  package struct Control: Sendable, Hashable {
    package let net: String
    /// A file for all prompts, or a folder with one for each.
    package let image: String
    package var strength: Double
    package var canny: Bool

    package init(net: String, image: String, strength: Double = 1, canny: Bool = false) {
      (self.net, self.image, self.strength, self.canny) = (net, image, strength, canny)
    }
  }

  package init(_ name: String, path: String, prompts: [String], control: Control? = nil) {
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
