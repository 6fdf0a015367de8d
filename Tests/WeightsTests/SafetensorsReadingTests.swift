import Foundation
import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

@Suite("Reading safetensors")
struct SafetensorsReadingTests {
  /// A tensor of types.safetensors as torch reads it.
  private struct Expected: Decodable {
    let shape: [Int]
    let floats: [String]
    let integers: [Int64]?
  }

  @Test("every element type arrives as torch's float32 and int64")
  func types() throws {
    let file = try SafetensorsFile(path: WeightsFixtures.path("types.safetensors"))
    let expected = try JSONDecoder().decode([String: Expected].self, from: WeightsFixtures.data("types.json"))
    #expect(Set(file.entries.keys) == Set(expected.keys))
    #expect(file.metadata == ["format": "pt", "note": "quotes \" \\ and ü 🍎"])
    for (name, values) in expected {
      let tensor = try file.tensor(name, as: .float32)
      #expect(tensor.shape == values.shape, "\(name)")
      #expect(tensor.floats == values.floats.compactMap { Double($0) }.map { Float($0) }, "\(name)")
      if let integers = values.integers {
        #expect(try file.integers(name) == IntegerTensor(integers, shape: values.shape), "\(name)")
      } else {
        #expect(throws: TensorFileError.self) { try file.integers(name) }
      }
    }
  }

  @Test(
    "What the reference passes over is passed over",
    arguments: [
      #"{"__metadata__":null,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"note":"x","more":{"b":[1,null]}}}"#,
    ])
  func more(header: String) throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      try WeightsFixtures.write(
        WeightsFixtures.safetensors(header: header, dataBytes: 4), to: folder + "/x.safetensors")
      #expect(try SafetensorsFile(path: folder + "/x.safetensors").tensor("a").floats == [0])
    }
  }

  @Test("rounding to bfloat16 is torch's, to nearest even, from float32 and from float16")
  func rounding() throws {
    let file = try SafetensorsFile(path: WeightsFixtures.path("rounding.safetensors"))
    let rounded = try file.tensor("float32", as: .bfloat16)
    #expect(rounded.dtype == .bfloat16)
    #expect(rounded.floats.map(\.bitPattern) == (try file.tensor("bfloat16", as: .float32).floats.map(\.bitPattern)))
    let half = try file.tensor("half", as: .bfloat16).floats
    #expect(half.map(\.bitPattern) == (try file.tensor("half_as_bfloat16", as: .float32).floats.map(\.bitPattern)))
  }

  @Test("float16 becomes torch's float32, subnormals and infinities too")
  func half() throws {
    let file = try SafetensorsFile(path: WeightsFixtures.path("rounding.safetensors"))
    let found = try file.tensor("half", as: .float32).floats
    #expect(found.map(\.bitPattern) == (try file.tensor("half_as_float32").floats.map(\.bitPattern)))
    #expect(found.contains { $0 == .infinity } && found.contains { $0 != 0 && abs($0) < 6e-8 })
  }

  @Test("what is stored as wanted is borrowed from the file and outlives its reader")
  func borrowing() throws {
    func load(_ name: String) throws -> (Tensor, Tensor) {
      let file = try SafetensorsFile(path: WeightsFixtures.path("rounding.safetensors"))
      return (try file.tensor(name), try file.tensor(name))
    }
    let (first, second) = try load("bfloat16")
    #expect(first.dtype == .bfloat16)
    #expect(first.pointer == second.pointer)
    #expect(first.floats.count > 1000 && first.floats == second.floats)
  }

  @Test("a tensor at an odd place is copied and right")
  func unaligned() throws {
    let header =
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
      + #""b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#
    var data = WeightsFixtures.safetensors(header: header, dataBytes: 1)
    for value in [Float(1.5), -2] { withUnsafeBytes(of: value.bitPattern.littleEndian) { data += Data($0) } }
    try WeightsFixtures.inTemporaryFolder { folder in
      try WeightsFixtures.write(data, to: folder + "/odd.safetensors")
      #expect(try SafetensorsFile(path: folder + "/odd.safetensors").tensor("b").floats == [1.5, -2])
    }
  }

  @Test("a tensor that is not there is named")
  func missing() throws {
    let path = WeightsFixtures.path("types.safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(throws: TensorFileError.missingTensor(file: path, tensor: "nothing")) { try file.tensor("nothing") }
  }
}
