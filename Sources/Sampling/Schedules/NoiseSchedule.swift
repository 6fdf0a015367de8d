import Foundation

/// The noise at each timestep of training: x_t = √ᾱ_t · x₀ + √(1 − ᾱ_t) · noise.
///
/// Computed in float32, rounding where PyTorch rounds, so that the tables equal those of diffusers.
package struct NoiseSchedule: Sendable, Equatable {
  /// Variance added at each timestep.
  package let betas: [Float]
  /// ᾱ_t, the part of the signal's variance that is left; diffusers' `alphas_cumprod`.
  package let alphasCumprod: [Float]

  /// The schedule that a configuration describes.
  package init(_ configuration: SchedulerConfiguration) throws {
    let betas = try configuration.betas()
    self.init(betas: configuration.rescaleBetasZeroSNR == true ? Self.rescaledToZeroSNR(betas) : betas)
  }

  package init(betas: [Float]) {
    self.betas = betas
    alphasCumprod = Self.runningProduct(betas.map { 1 - $0 })
  }

  /// Number of timesteps.
  package var count: Int { betas.count }

  /// √((1 − ᾱ_t) / ᾱ_t), the noise level of each timestep when the signal is not scaled down.
  package var sigmas: [Float] { alphasCumprod.map { ((1 - $0) / $0).squareRoot() } }

  /// The same with a last level that is not infinite, for samplers that count in sigmas.
  ///
  /// Where no signal is left, diffusers puts ᾱ = 2⁻²⁴. The level of that lies halfway between 2¹² and its neighbour;
  /// PyTorch's square root makes it 2¹².
  var finiteSigmas: [Float] {
    sigmas.map { $0.isFinite ? $0 : 0x1p12 }
  }

  /// Betas after which nothing of the signal is left (arXiv:2305.08891, algorithm 1).
  private static func rescaledToZeroSNR(_ betas: [Float]) -> [Float] {
    let roots = runningProduct(betas.map { 1 - $0 }).map { $0.squareRoot() }
    guard let first = roots.first, let last = roots.last else { return betas }
    let scale = first / (first - last)
    let products = roots.map { root in
      let shifted = (root - last) * scale
      return shifted * shifted
    }
    return products.indices.map { 1 - ($0 == 0 ? products[0] : products[$0] / products[$0 - 1]) }
  }

  /// `torch.cumprod`: carried in double precision, rounded once a value.
  private static func runningProduct(_ values: [Float]) -> [Float] {
    var product = 1.0
    return values.map { value in
      product *= Double(value)
      return Float(product)
    }
  }
}
