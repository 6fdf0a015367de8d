import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// ControlNets against diffusers' own pipelines.
///
/// Made with: python Tests/PipelinesTests/Fixtures/make_controls.py (torch 2.15, diffusers 0.42.1, OpenCV 5.0.0).
struct ControlNetRunTests {
  @Test func `There are runs to compare`() throws {
    #expect(ControlRun.all().count == 10)
  }

  @Test(arguments: ControlRun.all())
  func `The final latents are those of diffusers`(_ run: ControlRun) throws {
    let expected = try FixtureFile(URL(fileURLWithPath: Fixtures.path("controls.safetensors")))
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    var pictures: [Float] = []
    var final: Latents?
    let result = try model.generate(run.request(), report: { if case .latents(let latents) = $0 { final = latents } }) {
      pictures += $0.pixels.map { Float($0) }
    }
    let latents = try #require(final)
    let reference = try expected.tensor("\(run.name).latents")
    #expect(latents.shape == reference.shape)
    let distance = relativeDistance(Tensor(latents.values, shape: latents.shape), reference)
    // Measured: 2e-6, but 2.4e-5 at 48×24, where Pillow 13 resizes rows before columns.
    #expect(distance < 1e-4, "\(run.name) is \(distance) away")

    // The request stored in a file makes the same pixels again, and holds the hashes of the files.
    let again = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    let read = try JSONDecoder().decode(GenerationRequest.self, from: JSONEncoder().encode(result.request))
    #expect(read.controls.allSatisfy { $0.net.sha256?.count == 64 && $0.image.sha256?.count == 64 })
    #expect(try again.generate(read) { _ in }.pixelsSHA256 == result.pixelsSHA256)

    guard run.decode == true else { return }
    let colours = try expected.tensor("\(run.name).pictures").floats.map { ($0 * 255).rounded(.toNearestOrEven) }
    let worst = zip(pictures, colours).map { abs($0 - $1) }.max() ?? .infinity
    #expect(pictures.count == colours.count)
    #expect(worst <= 1, "a colour lies \(worst) of 255 away")
  }

  @Test func `Edges found on the way are those of a picture of them`() throws {
    let run = try #require(ControlRun.all().first { $0.name == "control-canny" })
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    var request = try run.request()
    let first = try model.generate(request) { _ in }
    request.controls[0].canny = false
    request.controls[0].image = FileReference(path: Fixtures.path("control_edges.png"))
    #expect(try model.generate(request) { _ in }.pixelsSHA256 == first.pixelsSHA256)
  }

  @Test func `Branches of different lengths are controlled alike`() throws {
    let run = try #require(ControlRun.all().first { $0.name == "control" })
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    var request = try run.request()
    request.steps = 2
    func latents() throws -> Tensor {
      var generation = try model.start(request)
      while try generation.nextStep() != nil {}
      let latents = generation.latents
      return Tensor(latents.values, shape: latents.shape)
    }
    // A negative of several chunks beside a prompt of one, so that the two are no batch.
    request.longPrompt = .chunks
    request.negativePrompt = Array(repeating: "small red apple", count: 60).joined(separator: " ")
    let long = try latents()
    #expect(long.isFinite)
    request.controls = []
    #expect(relativeDistance(long, try latents()) > 1e-2)
  }

  @Test func `At strength 0 it is as if there were none`() throws {
    let run = try #require(ControlRun.all().first { $0.name == "control" })
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    var request = try run.request()
    request.controls[0].strength = 0
    let without = try model.generate(request) { _ in }
    request.controls = []
    #expect(try model.generate(request) { _ in }.pixelsSHA256 == without.pixelsSHA256)
  }
}

/// One line of controls.json.
struct ControlRun: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let model: String
  let decode: Bool?

  var testDescription: String { name }

  private static var url: URL { URL(fileURLWithPath: Fixtures.path("controls.json")) }

  static func all() -> [ControlRun] {
    (try? JSONDecoder().decode([ControlRun].self, from: Data(contentsOf: url))) ?? []
  }

  /// The settings as a request, with files where they are.
  func request() throws -> GenerationRequest {
    let requests = try JSONDecoder().decode([GenerationRequest].self, from: Data(contentsOf: Self.url))
    var request = requests[try #require(Self.all().firstIndex { $0.name == name })]
    request.scale = 1
    request.initialImage = request.initialImage.map { FileReference(path: Fixtures.path($0.path)) }
    for index in request.controls.indices {
      request.controls[index].net.path = Fixtures.path(request.controls[index].net.path)
      request.controls[index].image.path = Fixtures.path(request.controls[index].image.path)
    }
    return request
  }
}
