package import NegativeSpaceNetworks
import NegativeSpaceSampling
package import NegativeSpaceTensors

/// The ControlNets of one run, with the residuals they add to the denoiser at each of its calls.
package struct ControlGuide: Sendable {
  /// A network with its picture read.
  package struct Member: Sendable {
    let network: ControlNetModel
    /// (P, h, w, C): one for a picture, or for all frames of a video, or one for each of them.
    let control: Tensor
    let strength: Float
    /// The shares of the steps where it begins and where it ends.
    let interval: ClosedRange<Double>

    package init(_ network: ControlNetModel, control: Tensor, strength: Float, interval: ClosedRange<Double>) {
      (self.network, self.control) = (network, control)
      (self.strength, self.interval) = (strength, interval)
    }
  }

  /// Branches of guidance that one call computes.
  ///
  /// The disturbed one is the positive one through a network that is worse on purpose.
  enum Branches { case both, positive, negative, disturbed }

  private let members: [Member]
  private let firstCall: Int

  /// - Parameter firstCall: index of the call at which the run begins within its series.
  package init(_ members: [Member], firstCall: Int = 0) { (self.members, self.firstCall) = (members, firstCall) }

  /// The sum of what all networks add; nil where none is at work.
  ///
  /// - Parameters:
  ///   - latents: (B, H, W, C) or (B, F, H, W, C); of both branches, negative first, or of one.
  ///   - text: (B, S, D).
  func residuals(_ latents: Tensor, text: Tensor, _ branches: Branches, at call: ModelCall) -> UNetResiduals? {
    let pictures = latents.rank == 5 ? latents.reshaped([-1] + latents.shape[2...]) : latents  // (B·F, H, W, C)
    return members.filter { isActive($0, at: call) }
      .compactMap { member -> UNetResiduals? in
        func run(_ pictures: Tensor, _ text: Tensor) -> UNetResiduals {
          member.network(
            pictures, timesteps: [call.timestep], text: text, control: member.control, strength: member.strength)
        }
        // One that is averaged over the picture guides the wanted branch only, as in diffusers.
        guard member.network.configuration.globalPoolConditions, branches == .both || branches == .negative else {
          return run(pictures, text)
        }
        guard branches == .both else { return nil }
        let half = pictures.size(0) / 2
        return run(
          pictures.slice(axis: 0, from: half, to: 2 * half),
          text.slice(axis: 0, from: text.size(0) / 2, to: text.size(0))
        )
        .afterZeros()
      }
      .reduce(UNetResiduals?.none) { sum, next in sum.map { $0 + next } ?? next }
  }

  /// diffusers' `controlnet_keep`, counted over the calls that are made.
  private func isActive(_ member: Member, at call: ModelCall) -> Bool {
    let (index, count) = (Double(call.index - firstCall), Double(call.count - firstCall))
    return index / count >= member.interval.lowerBound && (index + 1) / count <= member.interval.upperBound
  }
}

extension UNetResiduals {
  fileprivate static func + (one: UNetResiduals, other: UNetResiduals) -> UNetResiduals {
    UNetResiduals(down: zip(one.down, other.down).map { $0 + $1 }, middle: one.middle + other.middle)
  }

  /// The same for the second half of a batch, nothing for the first.
  fileprivate func afterZeros() -> UNetResiduals {
    func padded(_ x: Tensor) -> Tensor { Tensor.concatenate([x * 0, x], axis: 0) }
    return UNetResiduals(down: down.map(padded), middle: padded(middle))
  }
}
