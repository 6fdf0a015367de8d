import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceLearning
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceTraining
import Testing

/// Steps of both stages against PyTorch.
///
/// Made with: python Tests/LearningTests/Fixtures/make_negopt.py (torch 2.15, transformers 5.24).
@Suite struct NegOptTests {
  private struct Document: Decodable {
    struct Row: Decodable {
      let prompt: [Int]
      let negative: [Int]
    }
    struct Text: Decodable {
      let prompt: [Int]
      let written: [Int]
      let old: [Float]
      let reference: [Float]
      let values: [Float]
      let reward: Float
    }
    struct Overlap: Decodable {
      let text: String
      let reference: String
      let scores: [Float]
    }

    let rows: [Row]
    let texts: [Text]
    let rouge: [Overlap]
  }

  private let document: Document
  private let configuration: T5Configuration
  private let results: FixtureFile

  init() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures/negopt", withExtension: nil))
    let texts = folder.appending(path: "texts.json")
    document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: texts))
    configuration = try ConfigFile(path: texts.path).section("config").decode()
    results = try FixtureFile(folder.appending(path: "results.safetensors"))
  }

  private static let kept = [
    "shared.weight", "encoder.block.0.layer.0.SelfAttention.q.weight",
    "decoder.block.1.layer.1.EncDecAttention.v.weight", "decoder.final_layer_norm.weight",
  ]

  private func expect(_ name: String, _ found: Tensor?, within tolerance: Double = 1e-5) throws {
    let distance = relativeDistance(try #require(found), try results.tensor(name))
    #expect(distance <= tolerance, "\(name) is \(distance) away")
  }

  @Test func `Three steps on examples are PyTorch's`() throws {
    let weights = TrainableWeights(start: FormulaWeights(), dtype: .float32)
    let rows = document.rows.map { PairBatches.Row(prompt: $0.prompt, negative: $0.negative) }
    let count = Float(rows.reduce(0) { $0 + $1.negative.count })
    let losses = try results.tensor("examples.losses").floats
    for step in 0..<3 {
      let source = StepWeights(weights)
      let model = try T5ForConditionalGeneration(configuration, WeightScope(source))
      let loss = SFTTask.negativeLogLikelihood(model, rows).sum() * (1 / count)
      #expect(abs(loss.item - losses[step]) < 1e-5)
      let gradients = source.gradients(of: loss)
      if step == 0 { for name in Self.kept { try expect("examples.gradient.\(name)", gradients[name]) } }
      _ = weights.update(gradients, rate: 1e-3, step: step + 1, with: Optimizer(), averageDecay: 0)
    }
    for name in Self.kept { try expect("examples.weight.\(name)", weights.parameters[name]?.value) }
  }

  @Test func `One PPO update is PyTorch's on the same texts`() throws {
    let texts = document.texts.map {
      PolicyText(
        prompt: $0.prompt, written: $0.written, logProbabilities: $0.old, reference: $0.reference, values: $0.values,
        reward: $0.reward)
    }
    let ppo = PPO()
    let gains = ppo.gains(texts, beta: 0.2)
    let advantages = gains.flatMap(\.advantages)
    try expect("ppo.advantages", Tensor(advantages, shape: [advantages.count]))
    try expect("ppo.returns", Tensor(gains.flatMap(\.returns), shape: [advantages.count]))

    let weights = TrainableWeights(start: FormulaWeights(), dtype: .float32)
    let source = StepWeights(weights)
    let model = try T5ForConditionalGeneration(configuration, WeightScope(source))
    let head = try ValueHead(WeightScope(source), width: configuration.width)
    let (loss, _) = ppo.loss(model, head, texts, gains)
    #expect(abs(loss.item - (try results.tensor("ppo.loss")).item) < 1e-5)
    let gradients = source.gradients(of: loss)
    let kept = Self.kept + ["value_head.weight", "value_head.bias"]
    for name in kept { try expect("ppo.gradient.\(name)", gradients[name]) }
    _ = weights.update(gradients, rate: 1e-3, step: 1, with: Optimizer(), averageDecay: 0)
    for name in kept { try expect("ppo.weight.\(name)", weights.parameters[name]?.value) }
  }

  @Test func `ROUGE is rouge_score's`() {
    for test in document.rouge {
      let found = ROUGE(test.text, against: test.reference)
      for (value, expected) in zip([found.one, found.two, found.longest], test.scores) {
        #expect(abs(value - expected) < 1e-6, "\(test.text) against \(test.reference)")
      }
    }
  }

  /// By hand: 32 texts at three times the target raise the weight by a fifth of their share of the horizon.
  @Test func `The weight of the divergence follows it`() {
    var divergence = AdaptiveDivergence(beta: 0.2, target: 0.1, horizon: 320)
    divergence.update(0.3, count: 32)
    #expect(abs(divergence.beta - 0.2 * 1.02) < 1e-6)
    divergence.update(0.09, count: 32)
    #expect(abs(divergence.beta - 0.2 * 1.02 * 0.99) < 1e-6)
  }
}
