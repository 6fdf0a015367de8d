/// What an optimiser remembers of a parameter; the raw value is its key in a checkpoint.
package enum Moment: String, CaseIterable, Sendable {
  /// The mean of gradients.
  case first = "m"
  /// The mean of squared gradients.
  case second = "v"
  /// The means of squared gradients over a matrix's rows.
  case rows = "r"
  /// The means of squared gradients over a matrix's columns.
  case columns = "c"

  /// The shape that it has beside a parameter of shape `shape`.
  package func shape(beside shape: [Int]) -> [Int] {
    switch self {
    case .first, .second: shape
    case .rows: shape.dropLast()
    case .columns: shape.dropLast(2) + shape.suffix(1)
    }
  }
}
