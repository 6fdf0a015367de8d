import Foundation
import NegativeSpaceKernels
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceWriters

/// A text that a policy wrote, and what was thought of it then.
package struct PolicyText: Sendable, Hashable {
  /// Ids of the prompt, with their end.
  package let prompt: [Int]
  /// Ids written, with their end where it came.
  package let written: [Int]
  /// The log-probability of each under the policy that wrote it, and under the writer that learning began with.
  package let logProbabilities: [Float]
  package let reference: [Float]
  /// The reward that was expected before each.
  package let values: [Float]
  /// The reward of the whole text.
  package let reward: Float

  package init(
    prompt: [Int], written: [Int], logProbabilities: [Float], reference: [Float], values: [Float], reward: Float
  ) {
    (self.prompt, self.written, self.logProbabilities) = (prompt, written, logProbabilities)
    (self.reference, self.values, self.reward) = (reference, values, reward)
  }

  /// An estimate of the divergence from the first writer, a token: the mean of log π − log π₀ over what was written.
  var divergence: Float {
    zip(logProbabilities, reference).reduce(0) { $0 + $1.0 - $1.1 } / Float(max(1, written.count))
  }
}

/// Proximal policy optimisation (arXiv:1707.06347) of texts, as it is used on language models (arXiv:1909.08593).
package struct PPO: Sendable, Hashable {
  /// ε of the clipped ratio, and of the values.
  package var clip: Float = 0.2
  /// Weight of the values' loss.
  package var valueWeight: Float = 2.3
  package var discount: Float = 1
  /// λ of generalised advantage estimation (arXiv:1506.02438).
  package var lambda: Float = 0.95

  package init() {}

  /// What was gained over the expectation, and what was to be expected, at each token of a text.
  package struct Gains: Sendable, Hashable {
    package var advantages: [Float]
    package let returns: [Float]
  }

  /// Generalised advantages of each text, and returns.
  ///
  /// r_t = −β (log π − log π₀) and the text's reward at its last token; δ_t = r_t + γ V_{t+1} − V_t;
  /// A_t = δ_t + γ λ A_{t+1}. Advantages of all texts together are then of mean 0 and deviation 1.
  /// - Parameter beta: weight of the divergence.
  package func gains(_ texts: [PolicyText], beta: Float) -> [Gains] {
    var gains = texts.map { text -> Gains in
      let count = text.written.count
      var (advantages, next, later) = ([Float](repeating: 0, count: count), Float(0), Float(0))
      for t in (0..<count).reversed() {
        let penalty = -beta * (text.logProbabilities[t] - text.reference[t])
        let delta = penalty + (t == count - 1 ? text.reward : 0) + discount * next - text.values[t]
        later = delta + discount * lambda * later
        (advantages[t], next) = (later, text.values[t])
      }
      return Gains(advantages: advantages, returns: zip(advantages, text.values).map { $0 + $1 })
    }
    let all = gains.flatMap(\.advantages)
    let mean = all.reduce(0, +) / Float(max(1, all.count))
    let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(max(1, all.count))
    for index in gains.indices {
      gains[index].advantages = gains[index].advantages.map { ($0 - mean) / (variance + 1e-8).squareRoot() }
    }
    return gains
  }

  /// The loss of texts under the present policy: −mean min(ρ A, clip(ρ) A) + w · ½ mean max((V − R)², (clip(V) − R)²).
  package func loss(
    _ model: T5ForConditionalGeneration, _ head: ValueHead, _ texts: [PolicyText], _ gains: [Gains]
  ) -> (loss: Tensor, divergence: Float) {
    let scored = PolicyScores(model, head, texts.map { ($0.prompt, $0.written) })
    func row(_ values: [[Float]]) -> Tensor {
      let width = scored.mask.size(1)
      let padded = values.flatMap { $0 + [Float](repeating: 0, count: width - $0.count) }
      return Tensor(padded, shape: scored.mask.shape)
    }
    let (advantages, returns) = (row(gains.map(\.advantages)), row(gains.map(\.returns)))
    let (before, values) = (row(texts.map(\.logProbabilities)), row(texts.map(\.values)))
    let share = 1 / Float(texts.reduce(0) { $0 + $1.written.count })

    // Outside of the texts the ratio is 1 and the advantage 0.
    let ratio = ((scored.logProbabilities - before) * scored.mask).exp()
    let gained = Tensor.minimum(ratio * advantages, ratio.clamped(1 - clip, 1 + clip) * advantages)
    let near = values + (scored.values - values).clamped(-clip, clip)
    let missed = Tensor.maximum((scored.values - returns).square(), (near - returns).square()) * scored.mask
    let loss = gained.sum() * -share + missed.sum() * (0.5 * valueWeight * share)
    let moved = ((scored.logProbabilities.detached - before) * scored.mask).sum().item * share
    return (loss, moved)
  }
}

/// The log-probabilities of written tokens and the values before them, under a policy: both (B, T).
package struct PolicyScores {
  package let logProbabilities: Tensor
  package let values: Tensor
  /// (B, T): 1 for tokens, 0 behind them.
  package let mask: Tensor

  package init(
    _ model: T5ForConditionalGeneration, _ head: ValueHead?, _ texts: [(prompt: [Int], written: [Int])]
  ) {
    let configuration = model.configuration
    let prompts = TokenBatch(texts.map(\.prompt), padding: configuration.padTokenID)
    let written = TokenBatch(texts.map(\.written), padding: configuration.padTokenID)
    let inputs = written.rows.map { [configuration.decoderStartTokenID] + $0.dropLast() }
    let states = model.states(prompts.rows, mask: prompts.mask, decoderTokens: inputs)
    let shape = [texts.count, inputs.first?.count ?? 0]
    let all = model.logits(of: states).reshaped([-1, configuration.vocabSize]).logSoftmax()
    logProbabilities = all.picked(written.rows.flatMap { $0 }).reshaped(shape)
    values = head?(states) ?? .zeros(shape)
    mask = written.mask ?? Tensor(repeating: 1, shape: shape)
  }

  /// A text's own values of a tensor (B, T).
  static func own(_ values: Tensor, _ index: Int, count: Int) -> [Float] {
    Array(values.slice(axis: 0, from: index, to: index + 1).floats.prefix(count))
  }
}

/// The weight of the divergence, which is raised where the policy goes too far and lowered where it does not move
/// (arXiv:1909.08593, section 2.2).
package struct AdaptiveDivergence: Sendable, Hashable {
  package var beta: Float
  package let target: Float
  /// Texts over which it adapts.
  package let horizon: Float

  package init(beta: Float, target: Float, horizon: Float) {
    (self.beta, self.target, self.horizon) = (beta, target, horizon)
  }

  /// After `count` texts of this divergence.
  package mutating func update(_ divergence: Float, count: Int) {
    let error = min(max(divergence / target - 1, -0.2), 0.2)
    beta *= 1 + error * Float(count) / horizon
  }
}
