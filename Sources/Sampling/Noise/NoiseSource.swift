package import NegativeSpaceTensors

/// The source of each step's noise.
package protocol NoiseSource: Sendable {
  /// Standard normal noise for latents of this channels-last shape.
  mutating func next(_ shape: [Int]) throws -> Tensor
}

/// Noise from a seeded generator, drawn in PyTorch's layout.
///
/// The initial latents come from it too, so that the steps go on where those ended, as in diffusers.
package struct RandomNoise: NoiseSource {
  /// The layout of a video's latents in PyTorch's pipelines while stepping; pictures are the same in both.
  package enum Layout: Sendable {
    /// (B, C, F, H, W), as AnimateDiff's pipeline.
    case video
    /// (B·F, C, H, W), as the text-to-video pipeline of ModelScope and ZeroScope; the initial latents are `video`
    /// there.
    case frames
  }

  package var source: any RandomSource
  package var layout: Layout

  package init(_ source: any RandomSource, layout: Layout = .video) {
    self.source = source
    self.layout = layout
  }

  package mutating func next(_ shape: [Int]) -> Tensor {
    guard layout == .frames, shape.count == 5 else { return source.latents(shape) }
    // (B, F, H, W, C) is (B·F, H, W, C) as it lies.
    return Tensor(source.channelsLastNormals([shape[0] * shape[1]] + shape[2...]), shape: shape)
  }
}

/// Given noise, used in order.
package struct StackedNoise: NoiseSource {
  /// Shape of each step's noise, channels last.
  private let shape: [Int]
  private let steps: [[Float]]
  private var used = 0

  /// - Parameters:
  ///   - values: Noise of every step, each in PyTorch's layout.
  ///   - shape: (S, N, C, H, W) or (S, B, C, F, H, W), S being the number of tensors.
  package init(channelsFirst values: [Float], shape: [Int]) throws {
    let single = Array(shape.dropFirst())
    let size = single.reduce(1, *)
    guard shape.count >= 4, size > 0, size * shape[0] == values.count else {
      throw SamplingError.shape(what: "the stacked noise", expected: [values.count], found: shape)
    }
    self.shape = channelsLastShape(single)
    steps = (0..<shape[0]).map { toChannelsLast(values[($0 * size)..<(($0 + 1) * size)], shape: single) }
  }

  package mutating func next(_ shape: [Int]) throws -> Tensor {
    guard used < steps.count else { throw SamplingError.noiseExhausted(given: steps.count) }
    guard shape == self.shape else {
      throw SamplingError.shape(what: "the stacked noise", expected: shape, found: self.shape)
    }
    used += 1
    return Tensor(steps[used - 1], shape: shape)
  }
}
