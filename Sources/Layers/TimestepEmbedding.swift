import Foundation
package import NegativeSpaceTensors

/// Timesteps as waves of falling frequency (arXiv:1706.03762, section 3.5), in diffusers' arrangement.
package struct Timesteps: Sendable {
  private let width: Int
  private let cosineFirst: Bool
  private let frequencyShift: Float

  /// - Parameters:
  ///   - cosineFirst: diffusers' `flip_sin_to_cos`.
  ///   - frequencyShift: diffusers' `downscale_freq_shift`.
  package init(width: Int, cosineFirst: Bool = true, frequencyShift: Float = 0) {
    self.width = width
    self.cosineFirst = cosineFirst
    self.frequencyShift = frequencyShift
  }

  /// B timesteps to (B, width), float32; an odd width ends in a zero.
  package func callAsFunction(_ timesteps: [Float]) -> Tensor {
    let half = width / 2
    let frequencies = (0..<half).map { exp(-log(Float(10000)) * Float($0) / (Float(half) - frequencyShift)) }
    let rows = timesteps.map { timestep -> [Float] in
      let sines = frequencies.map { sin(timestep * $0) }
      let cosines = frequencies.map { cos(timestep * $0) }
      return (cosineFirst ? cosines + sines : sines + cosines) + Array(repeating: 0, count: width - 2 * half)
    }
    return Tensor(rows.flatMap { $0 }, shape: [timesteps.count, width])
  }
}

/// The two linear layers that turn timestep waves into what the resnets are told.
package struct TimestepEmbedding: Sendable {
  private let linear1: Linear
  private let linear2: Linear

  /// - Parameters:
  ///   - names: the file's names of the two layers.
  ///   - initial: values of the second one when fresh; PyTorch's default if nil.
  package init(
    _ weights: WeightScope, from inputs: Int, to width: Int, names: (String, String) = ("linear_1", "linear_2"),
    initial: Initial? = nil
  ) throws {
    linear1 = try Linear(weights[names.0], from: inputs, to: width)
    linear2 = try Linear(weights[names.1], from: width, to: width, initial: initial)
  }

  /// (B, inputs) float32 to (B, width) in the type of the weights.
  package func callAsFunction(_ waves: Tensor) -> Tensor {
    linear2(linear1(waves.cast(to: linear1.weight.dtype)).silu())
  }
}
