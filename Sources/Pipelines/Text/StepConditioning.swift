package import NegativeSpaceSampling
import NegativeSpaceTensors

/// What both branches of guidance are told at each call of a run.
///
/// The states of each part of the steps are put together once.
package struct StepConditioning: Sendable {
  /// What one pair of prompts says.
  private struct Told {
    /// By the model's text encoder: one for all calls, or one for each.
    var own: [Conditioning]
    /// By a mix of text encoders; empty without one.
    var mixed: [Conditioning] = []
    /// The same where the negative does not hold; nil where it always does.
    var ownWithoutNegative: Conditioning?
    var mixedWithoutNegative: Conditioning?
  }

  /// For each pair of prompts that the run has.
  private let told: [Told]
  /// For each call, counted from the first that is made, the number of its pair; empty where there is but one.
  private let order: [Int]
  private let first: Int
  /// The parts of the steps in which the mix and the negative hold.
  private let mixing: ClosedRange<Float>
  private let avoiding: ClosedRange<Float>

  /// - Parameters:
  ///   - request: says in which parts of the steps what holds.
  ///   - calls: of the run.
  ///   - first: number of the first call that is made, from which prompts count their steps.
  /// - Throws: `RequestError` for negatives of another number of steps.
  init(_ states: PromptStates, _ request: GenerationRequest, calls: Int, from first: Int = 0) throws {
    func each(_ positive: Tensor, _ negative: Tensor) throws -> [Conditioning] {
      try Self.negatives(negative, request, calls: calls).map { Conditioning(positive: positive, negative: $0) }
    }
    let pairs =
      [PromptStates.Pair(positive: states.positive, negative: states.negative, mixed: states.mixed)] + states.others
    told = try pairs.map { pair in
      var told = Told(own: try each(pair.positive, pair.negative))
      told.mixed = try pair.mixed.map { try each($0.positive, $0.negative) } ?? []
      told.ownWithoutNegative = states.empty.map { Conditioning(positive: pair.positive, negative: $0.own) }
      told.mixedWithoutNegative = pair.mixed.flatMap { mixed in
        states.empty?.mixed.map { Conditioning(positive: mixed.positive, negative: $0) }
      }
      return told
    }
    (order, self.first) = (states.order, first)
    mixing = Float(request.textEncoderInterval[0])...Float(request.textEncoderInterval[1])
    avoiding = Float(request.negativeInterval[0])...Float(request.negativeInterval[1])
  }

  /// What the branches are told at a call.
  package func callAsFunction(at call: ModelCall) -> Conditioning {
    let pair = order.isEmpty ? told[0] : told[order[max(0, min(call.index - first, order.count - 1))]]
    let isMixed = call.isInside(mixing)
    let without = isMixed ? pair.mixedWithoutNegative ?? pair.ownWithoutNegative : pair.ownWithoutNegative
    if let without, !call.isInside(avoiding) { return without }
    let said = isMixed && !pair.mixed.isEmpty ? pair.mixed : pair.own
    return said[min(call.index, said.count - 1)]
  }

  /// (S, T, D) as one negative for all calls, or one for each.
  private static func negatives(_ states: Tensor, _ request: GenerationRequest, calls: Int) throws -> [Tensor] {
    let steps = states.size(0)
    func at(_ step: Int) -> Tensor { states.slice(axis: 0, from: step, to: step + 1) }
    guard steps > 1 else { return [states] }
    if steps == calls { return (0..<steps).map(at) }
    guard request.interpolatesNegative else {
      throw RequestError(
        .negativeEmbeddings, found: "one for each of \(steps) steps",
        expected: "\(calls) of them, as this run has steps, or \(field: .interpolatesNegative) beside it")
    }
    return (0..<calls).map { call in
      let place = Float(call) * Float(steps - 1) / Float(max(1, calls - 1))
      let (before, share) = (Int(place), place - place.rounded(.down))
      return share == 0 ? at(before) : (1 - share) * at(before) + share * at(before + 1)
    }
  }
}

extension PromptStates {
  /// What the branches are told at each call of a run.
  ///
  /// - Throws: `RequestError` for negatives of another number of steps.
  package func conditioning(_ request: GenerationRequest, calls: Int, from first: Int = 0) throws -> StepConditioning {
    try StepConditioning(self, request, calls: calls, from: first)
  }
}
