import Foundation
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceLearning

/// Losses and their gradients with respect to both words, against PyTorch and its finite differences in float64.
///
/// Made with: python Tests/LearningTests/Fixtures/make_dreamartist.py (torch 2.15, diffusers 0.39, transformers 4.57).
@Suite struct DreamArtistLossTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var prediction = "epsilon"
    var guidance = "3"
    var attends = false
    var pixels: Float = 0
    var isPair = true
    var isCheckpointed = false

    var testDescription: String { "\(name)\(isCheckpointed ? ", checkpointed" : "")" }
  }

  static let cases = [
    Case(name: "epsilon"), Case(name: "epsilon", isCheckpointed: true),
    Case(name: "velocity", prediction: "v_prediction"), Case(name: "linear", guidance: "1.5-3"),
    Case(name: "cosine", guidance: "1.5-3:cos", attends: true), Case(name: "late", guidance: "1.5-3:cos2"),
    Case(name: "pixels", prediction: "v_prediction", pixels: 0.5),
    Case(name: "pixels", prediction: "v_prediction", pixels: 0.5, isCheckpointed: true),
    Case(name: "inversion", isPair: false),
  ]

  private static let templates = ["red {} on", "z {}"]
  private let file: FixtureFile

  init() throws {
    file = try FixtureFile(Bundle.module.url(forResource: "Fixtures/dreamartist/results", withExtension: "safetensors"))
  }

  private func word(_ name: String, _ count: Int) -> Tensor { Formula.tensor(name, [count, 16]) * 0.3 }

  private func templates(_ model: FrozenModel, _ token: String, _ count: Int) throws -> WordTemplates {
    try WordTemplates(model.text, token: token, count: count, templates: Self.templates, setting: "vectors")
  }

  private func sample(_ attends: Bool, _ pixels: Bool) -> NoisyPictures {
    NoisyPictures(
      latents: Formula.tensor("latents", [2, 8, 8, 4]), noise: Formula.tensor("noise", [2, 8, 8, 4]),
      timesteps: [250, 700], attention: attends ? Formula.tensor("attention", [2, 8, 8, 1]).abs() : nil,
      pictures: pixels ? Formula.tensor("pictures", [2, 16, 16, 3]) : nil)
  }

  @Test(arguments: cases) func `Loss and gradients are PyTorch's`(_ test: Case) throws {
    let model = try TinyModel.made(prediction: test.prediction)
    let loss = try DreamArtistLoss(
      model, guidance: DreamArtistGuidance(parsing: test.guidance), isCheckpointed: test.isCheckpointed)
    let positive = word("positive", 3).requiringGradient
    let negative = word("negative", 6).requiringGradient
    let (latents, pixels) = try loss(
      sample(test.attends, test.pixels > 0), positive: templates(model, "<a>", 3).states([0, 1], positive),
      negative: test.isPair ? templates(model, "<a>-neg", 6).states([0, 1], negative) : nil)
    #expect(try abs(latents.item - file.tensor("\(test.name).latents").item) < 1e-5)
    #expect((pixels != nil) == (test.pixels > 0))
    if let pixels { #expect(try abs(pixels.item - file.tensor("\(test.name).pixels").item) < 1e-5) }
    let total = pixels.map { latents + $0 * test.pixels } ?? latents
    let gradients = total.gradients(of: [positive, negative])
    var slope: Float = 0
    for (name, gradient) in zip(["positive", "negative"], gradients) where test.isPair || name == "positive" {
      let distance = try relativeDistance(gradient, file.tensor("\(test.name).\(name)"))
      #expect(distance <= 1e-4, "the gradient with respect to \(name) is \(distance) away")
      slope += (gradient * Formula.tensor("\(name) direction", gradient.shape)).sum().item
    }
    if !test.isPair { #expect(gradients[1].floats.allSatisfy { $0 == 0 }) }
    // The finite difference of both words at once.
    let expected = try file.tensor("\(test.name).slope").item
    #expect(abs(slope - expected) <= 1e-3 * abs(expected), "the slope is \(slope), by finite difference \(expected)")
  }

  @Test func `A word's vectors stand in its places and all places are kept`() throws {
    let model = try TinyModel.made()
    let found = try Tensor.concatenate(
      [
        templates(model, "<a>", 3).states([0, 1], word("positive", 3)),
        templates(model, "<a>-neg", 6).states([0, 1], word("negative", 6)),
      ],
      axis: 0)
    #expect(found.shape == [4, 20, 16])
    #expect(try relativeDistance(found, file.tensor("states")) < 1e-5)
  }

  @Test func `The branches' gradients are those of their predictions times γ and 1 − γ`() throws {
    let model = try TinyModel.made()
    let upstream = Formula.tensor("upstream", [2, 8, 8, 4])
    let noisy = Formula.tensor("latents", [2, 8, 8, 4])
    let positive = Formula.tensor("wanted", [2, 20, 16]).requiringGradient
    let negative = Formula.tensor("avoided", [2, 20, 16]).requiringGradient
    func gradients(_ guidance: Float) throws -> [Tensor] {
      let loss = try DreamArtistLoss(model, guidance: DreamArtistGuidance(guidance))
      return loss.guided(noisy, timesteps: [250, 700], positive: positive, negative: negative)
        .gradients(of: [positive, negative], upstream: upstream)
    }
    // At γ = 1 the word to avoid has none at all; there the other branch is its prediction.
    let alone = try gradients(1)
    #expect(alone[1].floats.allSatisfy { $0 == 0 })
    let unguided = try DreamArtistLoss(model, guidance: DreamArtistGuidance(3))
      .guided(noisy, timesteps: [250, 700], positive: negative, negative: nil)
      .gradients(of: [negative], upstream: upstream)[0]
    for guidance in [Float(3), 5, 7.5] {
      let both = try gradients(guidance)
      #expect(relativeDistance(both[0], alone[0] * guidance) < 1e-5)
      #expect(relativeDistance(both[1], unguided * (1 - guidance)) < 1e-5)
    }
  }

  /// Two samples at 250 and 700, each with its weight, by diffusers' `compute_snr` and its training scripts.
  @Test(arguments: ["epsilon", "v_prediction"])
  func `Min-SNR weighs each sample by its noise`(_ prediction: String) throws {
    let model = try TinyModel.made(prediction: prediction)
    let states = try templates(model, "<a>", 3).states([0, 1], word("positive", 3))
    func losses(_ minSNR: Float?) throws -> [Float] {
      let loss = try DreamArtistLoss(model, guidance: DreamArtistGuidance(1), minSNR: minSNR)
      return (0..<2).map { index in
        var one = sample(false, false)
        one.latents = one.latents.slice(axis: 0, from: index, to: index + 1)
        one.noise = one.noise.slice(axis: 0, from: index, to: index + 1)
        one.timesteps = [one.timesteps[index]]
        return loss(one, positive: states.slice(axis: 0, from: index, to: index + 1), negative: nil).latents.item
      }
    }
    let plain = try losses(nil)
    let schedule = try NoiseSchedule(model.scheduler)
    for (index, timestep) in [250, 700].enumerated() {
      let kept = schedule.alphasCumprod[timestep]
      let ratio = kept / (1 - kept)
      let divisor = prediction == "epsilon" ? ratio : ratio + 1
      // Both noise levels are on one side of each limit.
      for limit in [ratio / 2, ratio * 2] {
        let found = try losses(limit)[index] / plain[index]
        #expect(abs(found - min(ratio, limit) / divisor) <= 1e-4)
      }
    }
  }
}
