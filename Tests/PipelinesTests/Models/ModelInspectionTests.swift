import Foundation
import Pipelines
import Testing

struct ModelInspectionTests {
  /// Counted by PyTorch, in Fixtures/make_pipelines.py.
  @Test(arguments: ["tiny-image", "tiny-video"])
  func `Parameters are counted as PyTorch counts them`(_ model: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("models.json")))
    let counts = try #require(JSONDecoder().decode([String: [String: Int]].self, from: data)[model])
    let inspection = try ModelInspection(path: Fixtures.path(model))
    for part in inspection.parts where part.parameters != nil {
      #expect(part.parameters == counts[part.name], "\(part.name)")
      #expect(part.dtypes == ["F32"])
    }
    #expect(inspection.parameters == counts.values.reduce(0, +))
    #expect(inspection.textWidth == 32 && inspection.factor == 4)
    #expect(inspection.kind == (model == "tiny-image" ? .image : .video))
    #expect(inspection.problems.isEmpty)
  }

  @Test func `What is wrong with a part is said, and the others are still looked at`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.removeItem(atPath: "\(path)/unet/diffusion_pytorch_model.safetensors")
    let inspection = try ModelInspection(path: path)
    #expect(inspection.problems.count == 1)
    #expect(inspection.problems.first?.hasPrefix("unet: \(path)/unet holds no weights") == true)
    #expect(inspection.parts.first { $0.name == "vae" }?.parameters == 48479)
  }
}
