import Foundation

/// A learning rate that rises linearly and then falls along a half cosine.
package struct LearningRate: Sendable {
  /// The highest rate, reached after the warm-up.
  package let peak: Float
  /// Steps of linear rise.
  package let warmup: Int
  /// The step at which the cosine ends.
  package let total: Int
  /// The rate at the end, as a share of the peak.
  package let floor: Float

  package init(peak: Float, warmup: Int, total: Int, floor: Float = 0.02) {
    (self.peak, self.warmup, self.total, self.floor) = (peak, warmup, max(total, 1), floor)
  }

  /// The rate for the step with this number, counted from 0.
  package func callAsFunction(_ step: Int) -> Float {
    if step < warmup { return peak * Float(step + 1) / Float(warmup) }
    let progress = min(1, Float(step - warmup) / Float(max(1, total - warmup)))
    return peak * (floor + (1 - floor) * 0.5 * (1 + cos(Float.pi * progress)))
  }
}
