import NegativeSpaceKernels
import NegativeSpaceTensors

/// A rule by which one cross-attention avoids a second text: z⁺ and z⁻ are what the same queries find in either.
package enum AttentionNegative: Sendable, Hashable {
  case nag(NormalizedAttentionGuidance)
  case nasa(NegativeAwayGuidance)
  case vsf(ValueSignFlip)

  /// (B, T, H·D) of queries, and of keys and values of both texts.
  ///
  /// - Parameter attend: softmax attention of the queries to keys and values.
  func callAsFunction(
    wanted: (key: Tensor, value: Tensor), avoided: (key: Tensor, value: Tensor),
    attend: (_ key: Tensor, _ value: Tensor) -> Tensor
  ) -> Tensor {
    switch self {
    case .nag(let rule): rule(attend(wanted.key, wanted.value), attend(avoided.key, avoided.value))
    case .nasa(let rule): attend(wanted.key, wanted.value) - rule.alpha * attend(avoided.key, avoided.value)
    case .vsf(let rule):
      attend(
        Tensor.concatenate([wanted.key, avoided.key], axis: 1),
        Tensor.concatenate([wanted.value, avoided.value * -rule.scale], axis: 1))
    }
  }
}

/// Normalized attention guidance (NAG, arXiv:2505.21179).
///
/// z̃ = s z⁺ − (s − 1) z⁻; ẑ = z̃ min(r, τ) / r with r = ‖z̃‖ / ‖z⁺‖ for each token; z = α ẑ + (1 − α) z⁺.
package struct NormalizedAttentionGuidance: Sendable, Hashable {
  /// The norm of a token.
  package enum Norm: String, CaseIterable, Sendable {
    /// The sum of magnitudes: the paper's.
    case l1
    /// The Euclidean one: the authors' code for Flux.
    case l2
  }

  /// s.
  package var scale: Float = 5
  /// τ, the most that a token grows.
  package var tau: Float = 2.5
  /// α, the share of the result.
  package var alpha: Float = 0.25
  package var norm = Norm.l1

  package init() {}

  func callAsFunction(_ wanted: Tensor, _ avoided: Tensor) -> Tensor {
    let extrapolated = scale * wanted - (scale - 1) * avoided
    let ratio = length(extrapolated) / length(wanted)
    let limited =
      extrapolated
      * (Tensor.minimum(ratio, Tensor(repeating: tau, shape: ratio.shape)) / ratio)
      .cast(to: wanted.dtype)
    return alpha * limited + (1 - alpha) * wanted
  }

  /// (B, T, 1), float32.
  private func length(_ tokens: Tensor) -> Tensor {
    let wide = tokens.cast(to: .float32)
    return switch norm {
    case .l1: wide.abs().sum(axes: [2], keepDims: true) + 1e-12
    case .l2: (wide.square().sum(axes: [2], keepDims: true) + 1e-24).sqrt()
    }
  }
}

/// Negative-away steer attention (NASA, SNOOPI, arXiv:2412.02687): z = z⁺ − α z⁻.
package struct NegativeAwayGuidance: Sendable, Hashable {
  /// α; the paper's for Stable Diffusion 1.5.
  package var alpha: Float = 0.1

  package init() {}
}

/// Value sign flip (VSF, arXiv:2508.10931): one attention to the tokens of both texts, with the avoided one's values
/// times −β.
package struct ValueSignFlip: Sendable, Hashable {
  /// β.
  package var scale: Float = 3.5

  package init() {}
}
