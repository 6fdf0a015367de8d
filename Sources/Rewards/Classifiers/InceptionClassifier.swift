import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceWeights

/// Inception v3 as a classifier, from torchvision's file or from the one by which the FID is measured
/// (`weights-inception-2015-12-05`, `pt_inception-2015-12-05`), told apart by their classes.
package struct InceptionClassifier: PictureClassifier {
  private let network: InceptionV3
  private let origin: InceptionV3.Origin

  /// - Throws: `RewardError.notInception`, errors in the file.
  package init(path: String) throws {
    let reader = try openTensorFile(path)
    guard let head = reader.entries["fc.weight"]?.shape,
      let origin = [InceptionV3.Origin.torchvision, .tensorFlow].first(where: { head == [$0.classes, 2048] })
    else { throw RewardError.notInception(path: path, head: reader.entries["fc.weight"]?.shape) }
    // Counters of training, and the head that helps it.
    let recipe = KeyRecipe(ignoredSuffixes: ["num_batches_tracked"], neighbours: ["AuxLogits"])
    try self.init(
      try FileWeights([reader], recipe: recipe, checkFinite: true).build { try InceptionV3(origin, $0) }, origin)
  }

  package init(_ network: InceptionV3, _ origin: InceptionV3.Origin) throws {
    (self.network, self.origin) = (network, origin)
  }

  /// Pictures are resized whole: as TensorFlow 1 did, or with antialiasing.
  ///
  /// TensorFlow's logits go without the bias into the Inception Score, as there; its pictures are (x − 128) / 128.
  package func callAsFunction(_ pictures: Tensor) -> PictureClasses {
    let side = InceptionV3.side
    let isOld = origin == .tensorFlow
    let resized = pictures.interpolated(
      height: side, width: side, mode: isOld ? .bilinearFromCorners : .bilinear, antialias: !isOld)
    let (features, logits) = network(resized * (isOld ? 255.0 / 128 : 2) - 1, hasBias: !isOld)
    return PictureClasses(shares: logits.softmax(), features: features)
  }
}
