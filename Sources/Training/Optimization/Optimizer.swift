/// The optimiser of a run: AdamW, and Muon for the matrices inside if it is there; or Adafactor for all.
package struct Optimizer: Sendable {
  package var adamW: AdamW
  package var muon: Muon?
  package var adafactor: Adafactor?

  package init(_ adamW: AdamW = AdamW(), muon: Muon? = nil) { (self.adamW, self.muon) = (adamW, muon) }

  /// Adafactor, without decay; a step's length does not depend on the gradients' norm, so that none is cut.
  package init(_ adafactor: Adafactor) {
    adamW = AdamW(weightDecay: 0, maximumGradientNorm: nil)
    self.adafactor = adafactor
  }

  /// What it remembers of a parameter of this shape.
  func moments(of shape: [Int]) -> [Moment] {
    if let adafactor { return adafactor.moments(of: shape) }
    return muon?.takes(shape) == true ? [.first] : [.first, .second]
  }

  /// Its settings in words, as a run's folder keeps them.
  var summary: String {
    if let adafactor {
      return "Adafactor \(adafactor.decayRate), epsilon \(adafactor.epsilon), steps up to \(adafactor.clipping)"
    }
    return "betas \(adamW.beta1) and \(adamW.beta2), epsilon \(adamW.epsilon), decay \(adamW.weightDecay), "
      + "gradients up to \(adamW.maximumGradientNorm.map { "\($0)" } ?? "any length")"
      + (adamW.clipsEachParameter ? " each" : "")
      + (muon.map { ", Muon \($0.momentum), \($0.iterations), \($0.smallest)" } ?? "")
  }
}
