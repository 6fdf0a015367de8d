import Foundation
import NegativeSpaceKernels
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

struct TextSpaceTests {
  private func space(_ folder: String = Fixtures.path("tiny-image"), clipSkip: Int = 1) throws -> TextSpace {
    try DiffusionModel(folder: folder, dtype: .float32).textSpace(clipSkip: clipSkip)
  }

  /// The space of tiny-image's text encoder with other weights.
  private func changed(_ change: (String, Tensor) -> Tensor) throws -> TextSpace {
    let folder = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/text_encoder/model.safetensors"
    var file = try TensorFile(path: path)
    for (name, tensor) in file.tensors { file.tensors[name] = change(name, tensor) }
    try file.write(to: path)
    return try space(folder)
  }

  private func distance(_ closeness: TextSpace.Closeness) -> Double? {
    switch closeness {
    case .same(let distance), .near(let distance): distance
    case .foreign(let distance): distance
    }
  }

  /// States of transformers: Fixtures/make_prompts.py.
  @Test func `The probe is the encoder's states for fixed tokens`() throws {
    let probe = Tensor(try space().probe, shape: [TextSpace.probeRows, 32])
    #expect(try relativeDistance(probe, PromptCase.tensors().tensor("probe")) < 1e-5)
  }

  @Test func `Copies of one encoder in 16 bits are the same space`() throws {
    let expected = try JSONDecoder().decode(
      [String: Double].self, from: Data(contentsOf: URL(fileURLWithPath: Fixtures.path("spaces.json"))))
    let rounded = try space().closeness(to: changed { $1.cast(to: .bfloat16) })
    guard case .same(let distance) = rounded else { return #expect(Bool(false), "\(rounded)") }
    #expect(abs(distance - (expected["bfloat16"] ?? 0)) < 1e-5)
    #expect(try space().closeness(to: space(Fixtures.path("tiny-video"))) == .same(distance: 0))
  }

  @Test func `An encoder trained further is near, another one foreign`() throws {
    let tuned = try space().closeness(
      to: changed { name, tensor in
        tensor * (1 + 0.15 * noise(tensor.shape, seed: UInt32(name.utf8.count * 97 + tensor.count)))
      })
    guard case .near(let distance) = tuned else { return #expect(Bool(false), "\(tuned)") }
    #expect(distance > TextSpace.sameDistance)
    let other = try space().closeness(
      to: changed { name, tensor in
        guard tensor.rank > 1 else { return tensor }
        return noise(tensor.shape, seed: UInt32(name.utf8.count * 31 + tensor.count))
          * (3 / Float(tensor.size(-1))).squareRoot()
      })
    guard case .foreign(let far?) = other else { return #expect(Bool(false), "\(other)") }
    #expect(far > 1)
  }

  @Test func `Another layer is another space`() throws {
    let penultimate = try space(clipSkip: 2)
    #expect(penultimate.depth == 2)
    #expect(penultimate.skipped == 1)
    #expect(try distance(space().closeness(to: penultimate)) ?? 0 > TextSpace.sameDistance)
    #expect("\(penultimate)" == "tiny-image (width 32, 77 rows, layer 2 of 3, normed)")
  }

  @Test func `Another width is foreign without a look at the probe`() throws {
    let wide = TextSpace(
      name: "wide", width: 8, rows: 77, depth: 1, skipped: 0, probe: Array(repeating: 0, count: 8 * TextSpace.probeRows)
    )
    #expect(try space().closeness(to: wide) == .foreign(distance: nil))
  }

  @Test func `A space survives JSON, rounded to 16 bits`() throws {
    let space = try space()
    let text = try JSONEncoder().encode(space)
    let again = try JSONDecoder().decode(TextSpace.self, from: text)
    #expect(again.name == "tiny-image")
    #expect(again.width == 32)
    #expect(again.rows == 77)
    #expect(try #require(distance(space.closeness(to: again))) < 5e-4)
    #expect(try JSONDecoder().decode(TextSpace.self, from: JSONEncoder().encode(again)) == again)
  }

  @Test(arguments: [
    ("\"width\":32", "\"width\":31"), ("\"width\":32", "\"width\":0"), ("\"probe\":\"", "\"probe\":\"!"),
    ("\"rows\":77", "\"rows\":-1"), ("\"normed\":true", "\"normed\":2"), ("\"depth\"", "\"deep\""),
  ])
  func `A damaged space is refused`(_ part: String, _ replacement: String) throws {
    let text = String(decoding: try JSONEncoder().encode(space()), as: UTF8.self)
    #expect(text.contains(part))
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TextSpace.self, from: Data(text.replacingOccurrences(of: part, with: replacement).utf8))
    }
  }
}
