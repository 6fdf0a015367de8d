import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Norm, SiLU, convolution, twice, added to the input; the time embedding enters between the two.
package struct ResnetBlock2D: Sendable {
  private let norm1: GroupNorm
  private let conv1: Convolution2D
  private let timeProjection: Linear?
  private let norm2: GroupNorm
  private let conv2: Convolution2D
  private let shortcut: Convolution2D?

  /// - Parameters:
  ///   - timeWidth: width of the time embedding; nil where there is none (autoencoders).
  ///   - names: the file's names of the parts.
  package init(
    _ weights: WeightScope, from inputs: Int, to outputs: Int, timeWidth: Int?, groups: Int, epsilon: Float,
    names: ResnetNames = .diffusers
  ) throws {
    norm1 = try GroupNorm(weights[names.norm1], channels: inputs, groups: groups, epsilon: epsilon)
    conv1 = try Convolution2D(weights[names.conv1], from: inputs, to: outputs)
    timeProjection = try timeWidth.map { try Linear(weights[names.timeProjection], from: $0, to: outputs) }
    norm2 = try GroupNorm(weights[names.norm2], channels: outputs, groups: groups, epsilon: epsilon)
    conv2 = try Convolution2D(weights[names.conv2], from: outputs, to: outputs)
    shortcut =
      try inputs == outputs ? nil : Convolution2D(weights[names.shortcut], from: inputs, to: outputs, kernel: 1)
  }

  /// (N, H, W, inputs) to (N, H, W, outputs).
  ///
  /// - Parameter time: (b, timeWidth) after its SiLU; b divides N, and N/b neighbouring pictures share a row.
  package func callAsFunction(_ x: Tensor, time: Tensor? = nil) -> Tensor {
    var h = conv1(norm1(x, then: .silu))
    if let time, let timeProjection {
      let shift = timeProjection(time)  // (b, outputs)
      h = (h.reshaped([shift.size(0), -1, h.size(3)]) + shift.reshaped([shift.size(0), 1, -1])).reshaped(h.shape)
    }
    h = conv2(norm2(h, then: .silu))
    return (shortcut.map { $0(x) } ?? x) + h
  }
}
