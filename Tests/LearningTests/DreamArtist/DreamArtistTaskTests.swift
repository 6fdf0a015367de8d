import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceTraining
import Testing

@testable import NegativeSpaceLearning

/// A step of learning.
@Suite struct DreamArtistTaskTests {
  private func step(
    _ settings: DreamArtistSettings, pictures: [ReferencePicture], isCheckpointed: Bool = false
  ) throws -> (loss: Float, gradients: [String: Tensor]) {
    let subject = try DreamArtistSubject(
      TinyModel.made(), pictures: pictures, token: "<a>", settings: settings, isCheckpointed: isCheckpointed)
    let weights = TrainableWeights(
      start: SnapshotWeights(try subject.start(), dtype: .float32), dtype: .float32)
    let task = DreamArtistTask(subject, preview: WordPreview(subject, guidance: 3, count: 1))
    let source = StepWeights(weights)
    let loss = try task.loss(step: 3, shard: Shard(index: 0, count: 1), weights: source).loss
    return (loss.item, source.gradients(of: loss))
  }

  @Test(arguments: [false, true]) func `A batch in parts has the gradient of the whole`(reconstructs: Bool) throws {
    var settings = DreamArtistSettingsTests.small
    (settings.batch, settings.together) = (5, 5)
    settings.reconstruction = reconstructs ? 0.3 : 0
    let pictures = [try TinyModel.picture(), try TinyModel.picture("other")]
    let whole = try step(settings, pictures: pictures)
    settings.together = 2
    let parts = try step(settings, pictures: pictures, isCheckpointed: true)
    #expect(abs(whole.loss - parts.loss) < 1e-5)
    #expect(whole.gradients.keys.sorted() == ["negative", "positive"])
    for (name, gradient) in whole.gradients {
      #expect(relativeDistance(gradient, try #require(parts.gradients[name])) < 1e-4, "\(name)")
    }
  }

  @Test func `LoRAs of both branches have the slope of finite differences`() throws {
    var settings = DreamArtistSettingsTests.small
    (settings.batch, settings.together, settings.loraRank) = (2, 2, 2)
    let (model, loras) = try TinyModel.withLoRAs(try #require(settings.lora))
    let subject = try DreamArtistSubject(
      model, pictures: [TinyModel.picture()], token: "<a>", settings: settings, loras: loras)
    let task = DreamArtistTask(subject, preview: WordPreview(subject, guidance: 3, count: 1))
    // Wide matrices at zero leave the narrow ones without a slope, so all are drawn.
    let drawn = RandomWeights(seed: 5)
    let start = TrainableWeights(
      start: SnapshotWeights(try subject.start(), fallback: drawn, dtype: .float32), dtype: .float32)
    let first = StepWeights(start)
    _ = try task.loss(step: 0, shard: Shard(index: 0, count: 1), weights: first)
    var values = start.parameters.mapValues { $0.value }
    for name in values.keys where name.hasSuffix("lora_B.weight") {
      values[name] = values[name].map { Formula.tensor(name, $0.shape) * 0.05 }
    }
    func loss(_ values: [String: Tensor]) throws -> (value: Float, source: StepWeights, tensor: Tensor) {
      let source = StepWeights(TrainableWeights(start: SnapshotWeights(values, dtype: .float32), dtype: .float32))
      let tensor = try task.loss(step: 0, shard: Shard(index: 0, count: 1), weights: source).loss
      return (tensor.item, source, tensor)
    }
    let found = try loss(values)
    let gradients = found.source.gradients(of: found.tensor)
    for prefix in BranchLoRAs.Branch.allCases.flatMap({ [$0.prefix, $0.textPrefix] }) {
      let names = gradients.keys.filter { $0.hasPrefix(prefix) }
      #expect(names.count > 8)
      // Along the gradient itself, all matrices of a branch's network at once.
      let square = names.reduce(Float(0)) { $0 + (gradients[$1]?.square().sum().item ?? 0) }
      func moved(_ step: Float) throws -> Float {
        var values = values
        for name in names {
          if let value = values[name], let slope = gradients[name] {
            values[name] = value + slope * (step / square.squareRoot())
          }
        }
        return try loss(values).value
      }
      let step: Float = 2e-2
      let slope = (try moved(step) - moved(-step)) / (2 * step)
      #expect(abs(slope / square.squareRoot() - 1) < 2e-2, "\(prefix): \(slope) for \(square.squareRoot())")
    }
  }

  @Test func `Textual Inversion moves one word`() throws {
    var settings = DreamArtistSettingsTests.small
    settings.negativeVectors = 0
    #expect(try step(settings, pictures: [TinyModel.picture()]).gradients.keys.sorted() == ["positive"])
  }

  @Test func `What counts nothing has no gradient`() throws {
    let picture = try TinyModel.picture()
    let black = try Frame(width: 16, height: 16, pixels: [UInt8](repeating: 0, count: 768))
    let found = try step(
      DreamArtistSettingsTests.small, pictures: [ReferencePicture(picture.frame, attention: black, name: "x")])
    #expect(found.loss == 0)
    #expect(found.gradients.values.allSatisfy { $0.floats.allSatisfy { $0 == 0 } })
  }

  @Test func `Words start from the initial words, the one to avoid with a little noise`() throws {
    var settings = DreamArtistSettingsTests.small
    (settings.initialWords, settings.positiveVectors, settings.negativeVectors) = ("red on", 4, 5)
    let model = try TinyModel.made()
    let start = try DreamArtistSubject(
      model, pictures: [TinyModel.picture()], token: "<a>", settings: settings
    ).start()
    let ids = model.text.tokenizer.tokens(in: "red on")
    try #require(ids.count == 2)
    let positive = try #require(start["positive"])
    #expect(positive.floats == model.text.tower.embed([[ids[0], ids[0], ids[1], ids[1]]]).floats)
    // ⌊i · 2 / 5⌋ for i in 0..<5.
    let near = model.text.tower.embed([[ids[0], ids[0], ids[0], ids[1], ids[1]]]).reshaped([5, 16])
    let differences = (try #require(start["negative"]) - near).floats
    #expect(differences.allSatisfy { abs($0) < 6e-3 } && differences.contains { abs($0) > 1e-4 })
  }
}
