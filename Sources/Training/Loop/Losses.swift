import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Losses that several tasks share.
package enum Losses {
  /// Mean cross-entropy of float32 logits (N, classes) against class numbers; a negative number leaves a row out.
  package static func crossEntropy(_ logits: Tensor, _ targets: [Int]) -> Tensor {
    let (n, classes) = (logits.size(0), logits.size(1))
    precondition(targets.count == n, "crossEntropy: \(n) rows, \(targets.count) targets")
    let counted = max(1, targets.filter { $0 >= 0 }.count)
    var choice = [Float](repeating: 0, count: n * classes)
    for (row, target) in targets.enumerated() where target >= 0 { choice[row * classes + target] = -1 / Float(counted) }
    return (logits.logSoftmax() * Tensor(choice, shape: [n, classes])).sum()
  }

  /// Share of rows whose largest logit is the target's; rows with a negative target do not count.
  package static func accuracy(_ logits: Tensor, _ targets: [Int]) -> Float {
    let counted = zip(logits.argmax(), targets).filter { $1 >= 0 }
    return Float(counted.filter { $0 == $1 }.count) / Float(max(1, counted.count))
  }
}
