package import NegativeSpaceTensors

/// ‖a - b‖ / ‖b‖ over all elements, in float64; infinite if the shapes differ or something is not a number.
package func relativeDistance(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.shape == b.shape else { return .infinity }
  var difference = 0.0
  var size = 0.0
  for (x, y) in zip(a.floats, b.floats) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    size += Double(y) * Double(y)
  }
  let result = (difference / max(size, 1e-30)).squareRoot()
  return result.isFinite ? result : .infinity
}
