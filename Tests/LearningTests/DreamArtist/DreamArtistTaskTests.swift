import NegativeSpaceKernels
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
