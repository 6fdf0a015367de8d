package import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors

/// Takes a negative further for each prompt of a list, on the very noise that its seeds give (per-sample ReNeg).
package struct ReNegRefining {
  private let subject: ReNegSubject
  private let start: NegativeEmbedding
  private let refinement: ReNegPerSample

  /// What became of one prompt.
  package struct Result: Sendable {
    package let embedding: NegativeEmbedding
    /// Mean reward of the finished samples with the start, and with the result: never less.
    package let before: Float
    package let after: Float
    /// The step after which the result was taken; 0 is the start.
    package let step: Int
  }

  /// - Parameters:
  ///   - start: the global negative.
  ///   - steps: for each prompt, at most; `patience` of them without a better result end it.
  package init(_ subject: ReNegSubject, start: NegativeEmbedding, steps: Int, patience: Int, rate: Float) {
    (self.subject, self.start) = (subject, start)
    var refinement = ReNegPerSample(subject.rollout)
    (refinement.steps, refinement.patience, refinement.rate) = (steps, patience, rate)
    self.refinement = refinement
  }

  /// - Parameter seeds: of the samples that are to become better; the same latents as a generation with that seed starts from.
  /// - Throws: what the sampler throws.
  package func refine(_ prompt: String, seeds: [Int]) throws -> Result {
    let noise = Tensor.concatenate(
      seeds.map { seed in
        var source = TorchRandom(seed: seed)
        return source.latents([1] + subject.rollout.model.latentShape)
      }, axis: 0)
    let found = try refinement.refined(start.states, prompt: prompt, noise: noise)
    var provenance = subject.provenance
    (provenance.method, provenance.prompts, provenance.steps) = ("reneg per sample", prompt, found.step)
    provenance.seed = seeds.first
    return Result(
      embedding: NegativeEmbedding(states: found.negative, space: subject.space, provenance: provenance),
      before: found.before, after: found.after, step: found.step)
  }
}
