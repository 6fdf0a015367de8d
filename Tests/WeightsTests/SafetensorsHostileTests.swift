import Foundation
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

@Suite("Hostile safetensors")
struct SafetensorsHostileTests {
  private func failure(_ data: Data) throws -> TensorFileError? {
    try WeightsFixtures.inTemporaryFolder { folder in
      let path = folder + "/hostile.safetensors"
      try WeightsFixtures.write(data, to: path)
      do {
        _ = try SafetensorsFile(path: path)
        return nil
      } catch let error as TensorFileError {
        #expect(error.description.contains(path), "names the file")
        return error
      }
    }
  }

  private func failure(_ header: String, dataBytes: Int) throws -> TensorFileError? {
    try failure(WeightsFixtures.safetensors(header: header, dataBytes: dataBytes))
  }

  @Test("files that are none")
  func noFiles() throws {
    #expect(throws: TensorFileError.unreadable(file: "/nowhere", reason: "No such file or directory")) {
      try SafetensorsFile(path: "/nowhere")
    }
    #expect(throws: TensorFileError.unreadable(file: "/tmp", reason: "it is not a file")) {
      try SafetensorsFile(path: "/tmp")
    }
    #expect(throws: TensorFileError.unreadable(file: "/dev/zero", reason: "it is not a file")) {
      try SafetensorsFile(path: "/dev/zero")
    }
  }

  @Test("headers that cannot be")
  func headers() throws {
    guard case .truncated(_, 0, 8)? = try failure(Data()) else { throw Unexpected() }
    guard case .truncated(_, 7, 8)? = try failure(Data(count: 7)) else { throw Unexpected() }
    guard case .headerTooLarge(_, .max, _)? = try failure(Data(repeating: 0xFF, count: 8)) else { throw Unexpected() }
    guard case .truncated? = try failure(Data([100, 0, 0, 0, 0, 0, 0, 0]) + Data("{}".utf8)) else { throw Unexpected() }
    guard case .malformedHeader(_, _, 8)? = try failure(Data(count: 8)) else { throw Unexpected() }
    guard case .malformedHeader(_, _, 8)? = try failure(" {}", dataBytes: 0) else { throw Unexpected() }
    #expect(try failure("{}   ", dataBytes: 0) == nil)
  }

  @Test(
    "JSON that is none, doubled, too deep or of another form",
    arguments: [
      "{", #"{"a"}"#, #"{"a":1}"#, #"{"a":{}"#, "{}x", #"{"a":[]}"#, #"{"__metadata__":{"a":1}}"#,
      #"{"__metadata__":[]}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,2,4]}}"#,
      #"{"a":{"dtype":3,"shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":["#, #"{"\ud800":{"dtype":"F32"}"#, #"{"\x":1}"#, "{\"\u{1}\":1}",
    ])
  func json(header: String) throws {
    guard case .malformedHeader? = try failure(header, dataBytes: 4) else { throw Unexpected() }
  }

  @Test("a header of brackets only does not exhaust the stack")
  func brackets() throws {
    let deep = #"{"a":{"shape":"# + String(repeating: "[", count: 1_000_000)
    guard case .malformedHeader? = try failure(deep, dataBytes: 4) else { throw Unexpected() }
  }

  @Test("an axis count, a type, a shape or a place that cannot be")
  func tensors() throws {
    func one(_ type: String, _ shape: String, _ offsets: String, dataBytes: Int = 4) throws -> TensorFileError? {
      try failure(#"{"a":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}}"#, dataBytes: dataBytes)
    }
    #expect(try one("F32", "[1]", "[0,4]") == nil)
    #expect(try one("F32", "[]", "[0,4]") == nil)
    #expect(try one("F32", "[9223372036854775807,0,9223372036854775807]", "[0,0]", dataBytes: 0) != nil)
    guard case .unknownType(_, "a", "F33")? = try one("F33", "[1]", "[0,4]") else { throw Unexpected() }
    guard case .malformedTensor(_, "a", _)? = try one("F32", "[2]", "[0,4]") else { throw Unexpected() }
    guard case .malformedTensor(_, "a", _)? = try one("F32", "[1]", "[4,0]") else { throw Unexpected() }
    guard case .malformedTensor(_, "a", _)? = try one("F32", "[1]", "[0]") else { throw Unexpected() }
    guard case .malformedTensor(_, "a", _)? = try one("F32", "[4611686018427387904,4]", "[0,0]") else {
      throw Unexpected()
    }
    guard case .malformedTensor? = try one("F32", "[1]", "[9223372036854775803,9223372036854775807]")
    else { throw Unexpected() }
    guard
      case .malformedHeader? = try one("F32", "[\(Array(repeating: "1", count: 65).joined(separator: ","))]", "[0,4]")
    else { throw Unexpected() }
    guard case .truncated(_, _, let needed)? = try one("F32", "[1000]", "[0,4000]") else { throw Unexpected() }
    #expect(needed > 4000)
  }

  @Test("bytes that two tensors share, and bytes of none")
  func cover() throws {
    func two(_ first: String, _ second: String, dataBytes: Int) throws -> TensorFileError? {
      try failure(
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":\#(first)},"b":{"dtype":"U8","shape":[4],"data_offsets":\#(second)}}"#,
        dataBytes: dataBytes)
    }
    #expect(try two("[4,8]", "[0,4]", dataBytes: 8) == nil)
    guard case .overlapping(_, "b", "a")? = try two("[0,4]", "[2,6]", dataBytes: 6) else { throw Unexpected() }
    guard case .overlapping(_, "b", "a")? = try two("[0,4]", "[0,4]", dataBytes: 4) else { throw Unexpected() }
    guard case .uncovered? = try two("[0,4]", "[5,9]", dataBytes: 9) else { throw Unexpected() }
    guard case .uncovered? = try two("[0,4]", "[4,8]", dataBytes: 9) else { throw Unexpected() }
  }

  @Test("damaged files give an error or tensors, never a crash")
  func damaged() throws {
    let whole = try WeightsFixtures.data("types.safetensors")
    let headerEnd = 8 + Int(whole[0]) + Int(whole[1]) << 8
    let variants =
      WeightsFixtures.damaged(whole, flips: 1000) + WeightsFixtures.damaged(whole, flips: 2000, in: 8..<headerEnd)
    var valid = 0
    try WeightsFixtures.inTemporaryFolder { folder in
      for (index, data) in variants.enumerated() {
        let path = "\(folder)/\(index).safetensors"
        try WeightsFixtures.write(data, to: path)
        guard let file = try? TensorFile(path: path) else { continue }
        valid += 1
        // Reads every element.
        #expect(file.tensors.values.allSatisfy { $0.floats.count == $0.count })
      }
    }
    #expect(valid > 0 && valid < variants.count)
  }
}
