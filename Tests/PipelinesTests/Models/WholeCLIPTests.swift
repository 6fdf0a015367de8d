import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// A whole CLIP in the place of a text encoder: its text tower is used, as transformers does.
struct WholeCLIPTests {
  private func withModel<Result>(_ others: [String: Tensor], _ body: (String) throws -> Result) throws -> Result {
    let folder = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/text_encoder/model.safetensors"
    var file = try TensorFile(path: path)
    file.tensors.merge(others) { $1 }
    try file.write(to: path)
    return try body(folder)
  }

  private func states(_ path: String) throws -> [Float] {
    try DiffusionModel(folder: path, dtype: .float32).promptEncoder().encode("a red apple").states.floats
  }

  private let others = [
    "logit_scale": noise([1], seed: 1), "text_projection.weight": noise([4, 4], seed: 2),
    "vision_model.embeddings.class_embedding": noise([4], seed: 3), "visual_projection.weight": noise([4, 4], seed: 4),
  ]

  @Test func `What is beside the text tower is left out with a note`() throws {
    let expected = try states(Fixtures.path("tiny-image"))
    #expect(try DiffusionModel(folder: Fixtures.path("tiny-image")).notes.isEmpty)
    try withModel(others) { folder in
      #expect(try states(folder) == expected)
      #expect(
        try DiffusionModel(folder: folder).notes == [
          "Left out of text_encoder: logit_scale, text_projection, vision_model, visual_projection, "
            + "which is no part of a text tower."
        ])
      let inspection = try ModelInspection(path: folder)
      #expect(inspection.problems.isEmpty)
      #expect(try ModelInspection(path: folder + "/text_encoder").problems.isEmpty)
    }
  }

  @Test func `The configuration may be that of the whole, too`() throws {
    try withModel(others) { folder in
      let url = URL(fileURLWithPath: folder + "/text_encoder/config.json")
      let text = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
      try JSONSerialization.data(withJSONObject: ["model_type": "clip", "text_config": text]).write(to: url)
      #expect(try states(folder) == states(Fixtures.path("tiny-image")))
    }
  }

  @Test func `Anything else is refused by its name`() throws {
    try withModel(["adapter.weight": noise([4], seed: 1)]) { folder in
      let error = #expect(throws: WeightMismatch.self) { try states(folder) }
      let text = "\(try #require(error))"
      #expect(text.contains("adapter.weight"))
    }
  }
}
