package import NegativeSpaceSampling
import NegativeSpaceTensors

/// What both branches of guidance are told at each call of a run.
///
/// The states of each part of the steps are put together once.
package struct StepConditioning: Sendable {
  /// One for the text encoder of the model and one for a mix; each with the negative and without.
  private let own: Conditioning
  private let mixed: Conditioning?
  private let ownWithoutNegative: Conditioning?
  private let mixedWithoutNegative: Conditioning?
  /// The parts of the steps in which the mix and the negative hold.
  private let mixing: ClosedRange<Float>
  private let avoiding: ClosedRange<Float>

  /// - Parameter request: says in which parts of the steps what holds.
  init(_ states: PromptStates, _ request: GenerationRequest) {
    own = Conditioning(positive: states.positive, negative: states.negative)
    mixed = states.mixed.map { Conditioning(positive: $0.positive, negative: $0.negative) }
    ownWithoutNegative = states.empty.map { Conditioning(positive: states.positive, negative: $0.own) }
    mixedWithoutNegative = states.mixed.flatMap { mixed in
      states.empty?.mixed.map { Conditioning(positive: mixed.positive, negative: $0) }
    }
    mixing = Float(request.textEncoderInterval[0])...Float(request.textEncoderInterval[1])
    avoiding = Float(request.negativeInterval[0])...Float(request.negativeInterval[1])
  }

  /// What the branches are told at a call.
  package func callAsFunction(at call: ModelCall) -> Conditioning {
    let isMixed = call.isInside(mixing)
    let without = isMixed ? mixedWithoutNegative ?? ownWithoutNegative : ownWithoutNegative
    if let without, !call.isInside(avoiding) { return without }
    return isMixed ? mixed ?? own : own
  }
}

extension PromptStates {
  /// What the branches are told at each call of a run.
  package func conditioning(_ request: GenerationRequest) -> StepConditioning { StepConditioning(self, request) }
}
