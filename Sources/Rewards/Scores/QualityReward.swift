package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// A network's certainty that nothing is wrong with a picture: log p(undamaged).
///
/// The logarithm saturates at 0 for a picture that is fine, so there is little to win by exaggerating.
package struct QualityReward: Reward {
  package let name = "quality"
  private let network: QualityNetwork

  /// - Throws: the errors of the weight source.
  package init(_ weights: WeightScope) throws { network = try QualityNetwork(weights) }

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    network(pictures).logSoftmax().slice(axis: 1, from: 0, to: 1).reshaped([pictures.size(0)])
  }
}
