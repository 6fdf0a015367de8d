/// One axis of a broadcast loop after merging: how far each operand moves along it.
package struct BroadcastAxis: Sendable {
  package let size: Int
  /// Elements from one entry to the next: 0 along an axis that is repeated.
  package let a: Int
  package let b: Int

  /// Axes of `shape` with the operands' strides; neighbours that both operands cross in one stride become one.
  package static func merged(_ shape: [Int], _ a: [Int], _ b: [Int]) -> [BroadcastAxis] {
    let stridesA = strides(a, rank: shape.count)
    let stridesB = strides(b, rank: shape.count)
    var axes: [BroadcastAxis] = []
    for index in shape.indices where shape[index] != 1 {
      let axis = BroadcastAxis(size: shape[index], a: stridesA[index], b: stridesB[index])
      if let last = axes.last, last.a == axis.a * axis.size, last.b == axis.b * axis.size {
        axes[axes.count - 1] = BroadcastAxis(size: last.size * axis.size, a: axis.a, b: axis.b)
      } else {
        axes.append(axis)
      }
    }
    return axes
  }

  private static func strides(_ shape: [Int], rank: Int) -> [Int] {
    var result = Array(repeating: 0, count: rank)
    var step = 1
    for index in shape.indices.reversed() {
      result[index + rank - shape.count] = shape[index] == 1 ? 0 : step
      step *= shape[index]
    }
    return result
  }
}
