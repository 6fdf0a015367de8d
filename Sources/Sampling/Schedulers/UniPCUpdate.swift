import Foundation
import NegativeSpaceTensors

/// The arithmetic of one UniPC step (arXiv:2302.04867, algorithms 1 to 4, and their noise-free limit at the end).
struct UniPCUpdate {
  /// B(h): h itself, or e^h − 1.
  enum Solver: String, CaseIterable { case bh1, bh2 }

  /// Factors of the old latents and the newest output in a first-order step.
  private let ofLatents: Float
  private let ofOutput: Float
  /// Factor of the sum over the changes of the outputs.
  private let ofChanges: Float
  /// Positions of the earlier outputs, in widths of this step, newest first, and 1 for the output at its end.
  private let places: [Float]
  /// The right sides of equation 5, order by order.
  private let moments: [Float]

  /// - Parameters:
  ///   - logRatios: λ where the step starts and at the outputs before it, newest first: as many as the step's order.
  init(
    from start: (alpha: Float, sigma: Float), to end: (alpha: Float, sigma: Float), logRatios: [Float],
    nextLogRatio: Float, solver: Solver, predictsClean: Bool
  ) {
    let width = nextLogRatio - logRatios[0]
    let signed = predictsClean ? -width : width
    let growth = expm1(signed)
    let scale = solver == .bh1 ? signed : growth
    places = logRatios.dropFirst().map { ($0 - logRatios[0]) / width } + [1]
    let (kept, moved) = predictsClean ? (end.sigma / start.sigma, end.alpha) : (end.alpha / start.alpha, end.sigma)
    (ofLatents, ofOutput) = (kept, -moved * growth)
    ofChanges = -moved * scale

    // h φ₁ = e^h − 1, φ of the next order from the one before
    var (phi, factorial) = (growth / signed - 1, Float(1))
    var moments: [Float] = []
    for order in 1...logRatios.count {
      moments.append(phi * factorial / scale)
      factorial *= Float(order + 1)
      phi = phi / signed - 1 / factorial
    }
    self.moments = moments
  }

  /// UniP: the latents after the step, from the outputs up to its start, newest last.
  func predicted(_ latents: Tensor, outputs: [Tensor]) -> Tensor {
    let base = base(latents, outputs)
    let changes = changes(outputs)
    // For order 2 diffusers uses the simplified weight, whatever B(h) is.
    let weights = changes.count == 1 ? [0.5] : solved(changes.count)
    // Without changes nothing is added: at the end of a schedule the factor of it may be infinite.
    return zip(weights, changes).map { ofChanges * $0 * $1 }.reduce(base, +)
  }

  /// UniC: the latents after the step with the output `current` at its end.
  func corrected(_ latents: Tensor, outputs: [Tensor], current: Tensor) -> Tensor {
    let changes = changes(outputs) + [current - (outputs.last ?? current)]
    let weights = changes.count == 1 ? [0.5] : solved(changes.count)
    return zip(weights, changes).map { ofChanges * $0 * $1 }.reduce(base(latents, outputs), +)
  }

  private func base(_ latents: Tensor, _ outputs: [Tensor]) -> Tensor {
    let start = ofLatents * latents
    return outputs.last.map { start + ofOutput * $0 } ?? start
  }

  /// Differences of the earlier outputs from the newest, each divided by its distance in widths of the step.
  private func changes(_ outputs: [Tensor]) -> [Tensor] {
    guard let newest = outputs.last else { return [] }
    return zip(outputs.dropLast().reversed(), places.dropLast()).map { 1 / $1 * ($0 - newest) }
  }

  /// The weights w of Σ wᵢ placeᵢ^k = momentₖ for k below `count`: Gaussian elimination with pivots.
  private func solved(_ count: Int) -> [Float] {
    var rows = (0..<count).map { power in
      places.prefix(count).map { pow($0, Float(power)) } + [moments[power]]
    }
    for column in 0..<count {
      let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      for row in 0..<count where row != column {
        let factor = rows[row][column] / rows[column][column]
        for place in column...count { rows[row][place] -= factor * rows[column][place] }
      }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
  }
}
