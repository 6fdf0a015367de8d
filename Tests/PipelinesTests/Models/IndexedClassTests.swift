import Foundation
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceSampling
import Testing

/// Models whose index names another class than a part's own configuration.
struct IndexedClassTests {
  /// The tiny model with other lines in its index.
  private func withModel<Result>(_ part: String, _ pair: [String], _ body: (String) throws -> Result) throws -> Result {
    let folder = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let url = URL(fileURLWithPath: folder + "/model_index.json")
    var index = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    index[part] = pair
    try JSONSerialization.data(withJSONObject: index).write(to: url)
    return try body(folder)
  }

  @Test(arguments: [("EulerDiscreteScheduler", SamplerName.euler), ("DPMSolverMultistepScheduler", .dpmpp2M)])
  func `The sampler is of the index's class`(_ name: String, _ sampler: SamplerName) throws {
    try withModel("scheduler", ["diffusers", name]) { folder in
      #expect(try DiffusionModel(folder: folder, dtype: .float32).resolve(GenerationRequest()).sampler == sampler)
      // The same after conversion, in both places.
      let copy = Fixtures.temporary("converted")
      defer { try? FileManager.default.removeItem(atPath: copy) }
      try ModelConversion(path: folder).write(to: copy)
      #expect(try DiffusionModel(folder: copy, dtype: .float32).resolve(GenerationRequest()).sampler == sampler)
      let config = try String(contentsOfFile: copy + "/scheduler/scheduler_config.json", encoding: .utf8)
      #expect(config.contains(name))
    }
  }

  @Test func `The autoencoder is of the index's class`() throws {
    try withModel("vae", ["diffusers", "AutoencoderTiny"]) { folder in
      let files = try DiffusionModel(folder: folder, dtype: .float32).files
      #expect(files.autoencoder is AutoencoderTinyConfiguration)
    }
  }
}
