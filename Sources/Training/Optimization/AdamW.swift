/// AdamW's settings (arXiv:1711.05101), with torch's defaults.
package struct AdamW: Sendable {
  package var beta1: Float = 0.9
  package var beta2: Float = 0.999
  package var epsilon: Float = 1e-8
  /// Decoupled weight decay; applied to matrices only, never to norms and biases.
  package var weightDecay: Float = 0.01
  /// Gradients are scaled down when their global norm exceeds this; nil leaves them alone.
  package var maximumGradientNorm: Float? = 1
  /// Whether that norm is each parameter's own instead of all parameters' together.
  package var clipsEachParameter = false

  package init() {}

  package init(beta2: Float = 0.999, weightDecay: Float = 0.01, maximumGradientNorm: Float? = 1) {
    self.beta2 = beta2
    self.weightDecay = weightDecay
    self.maximumGradientNorm = maximumGradientNorm
  }
}
