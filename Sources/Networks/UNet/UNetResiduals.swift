package import NegativeSpaceTensors

/// Residuals that another network adds to a UNet's states between the way down and the way up.
package struct UNetResiduals: Sendable {
  /// One for each state that the way down hands to the way up, in their order: (N, H, W, C).
  package let down: [Tensor]
  /// For the state after the middle block.
  package let middle: Tensor

  package init(down: [Tensor], middle: Tensor) {
    self.down = down
    self.middle = middle
  }
}

extension UNetResiduals {
  func added(toMiddle x: Tensor) -> Tensor { x + middle.cast(to: x.dtype) }

  /// - Parameter skips: all states on the way down, or the first of them.
  func added(to skips: [Tensor]) -> [Tensor] {
    precondition(down.count >= skips.count, "residuals: \(down.count) for \(skips.count) states on the way down")
    return zip(skips, down).map { $0 + $1.cast(to: $0.dtype) }
  }
}
