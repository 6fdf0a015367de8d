import Foundation
import NegativeSpaceTensors

/// Adafactor (arXiv:1804.04235): of a matrix's squared gradients only the means of rows and of columns are remembered.
///
/// As transformers' with a rate from outside (`scale_parameter` and `relative_step` off), without a first moment: what
/// T5s are tuned with. A parameter costs its own memory once, where AdamW keeps two more of it.
package struct Adafactor: Sendable {
  /// The exponent with which the means forget: β₂ = 1 − step^−0.8.
  package var decayRate: Float = 0.8
  /// ε₁, added to squares.
  package var epsilon: Float = 1e-30
  /// d: the root mean square that a step is cut to.
  package var clipping: Float = 1

  package init() {}

  /// What it remembers of a parameter of this shape: only whole matrices are factored, as in the paper's code.
  package func moments(of shape: [Int]) -> [Moment] { shape.count > 1 ? [.rows, .columns] : [.second] }

  /// The direction of one step, number `step` counted from 1, before the rate; the means move in place.
  func direction(_ gradient: Tensor, step: Int, moment: (Moment) -> Tensor) -> Tensor {
    let decay = 1 - pow(Float(step), -decayRate)
    let squares = gradient.square().affine(scale: 1, shift: epsilon)
    func moved(_ kept: Moment, _ now: Tensor) -> Tensor {
      let mean = moment(kept)
      let next = mean * decay + now.reshaped(mean.shape) * (1 - decay)
      mean.pointer.copyMemory(from: next.pointer, byteCount: next.count * 4)
      return next
    }
    let update: Tensor
    if gradient.rank > 1 {
      let rows = moved(.rows, squares.mean(axes: [-1]))
      let columns = moved(.columns, squares.mean(axes: [-2]))
      let share = (rows * rows.mean(axes: [-1], keepDims: true).reciprocal()).sqrt().reciprocal()
      update =
        gradient * share.reshaped(rows.shape + [1])
        * columns.sqrt().reciprocal().reshaped(
          columns.shape.dropLast() + [1, columns.size(-1)])
    } else {
      update = gradient * moved(.second, squares).sqrt().reciprocal()
    }
    let size = update.square().mean().item.squareRoot()
    return size > clipping ? update * (clipping / size) : update
  }
}
