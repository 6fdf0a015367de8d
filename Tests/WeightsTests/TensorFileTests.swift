import Foundation
import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

@Suite("Tensor files")
struct TensorFileTests {
  private let file = TensorFile(
    [
      "b.weight": Tensor([1, -2, 3.5, 0, .infinity, .leastNonzeroMagnitude], shape: [2, 3]),
      "a.weight": Tensor([0.5, 2, -1], shape: [3]).cast(to: .bfloat16),
      "scalar": Tensor([7], shape: []),
      "empty": Tensor([], shape: [0, 4]),
    ],
    integers: ["ids": IntegerTensor([1, .min, .max, 49407], shape: [1, 4])],
    metadata: ["space": "line\nbreak \"quoted\" \\ 🍎", "": "empty key"])

  @Test("what is written is read again, types and shapes included")
  func roundTrip() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      let path = folder + "/file.safetensors"
      try file.write(to: path)
      let read = try TensorFile(path: path)
      #expect(read.metadata == file.metadata)
      #expect(read.integers == file.integers)
      #expect(Set(read.tensors.keys) == Set(file.tensors.keys))
      for (name, tensor) in file.tensors {
        #expect(read.tensors[name]?.shape == tensor.shape)
        #expect(read.tensors[name]?.dtype == tensor.dtype)
        #expect(read.tensors[name]?.floats == tensor.floats)
      }
    }
  }

  @Test("the bytes are those of the format's description")
  func bytes() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      let path = folder + "/file.safetensors"
      let small = TensorFile(
        ["b": Tensor([1], shape: [1]), "a": Tensor([1], shape: [1]).cast(to: .bfloat16)],
        integers: ["z": IntegerTensor([2])], metadata: ["k": "v"])
      try small.write(to: path)
      let data = try Data(contentsOf: URL(filePath: path))
      // Wide elements first, so z, b, a; the header is a multiple of 8 long.
      let header =
        #"{"__metadata__": {"k": "v"}, "a": {"data_offsets": [12, 14], "dtype": "BF16", "shape": [1]}, "#
        + #""b": {"data_offsets": [8, 12], "dtype": "F32", "shape": [1]}, "#
        + #""z": {"data_offsets": [0, 8], "dtype": "I64", "shape": [1]}}"#
      let padded = header + String(repeating: " ", count: -header.utf8.count & 7)
      let elements: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0x80, 0x3F]
      #expect(data == withUnsafeBytes(of: UInt64(padded.utf8.count)) { Data($0) } + Data(padded.utf8) + Data(elements))
    }
  }

  @Test("the same content gives the same bytes, and nothing is left beside the file")
  func deterministic() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      try file.write(to: folder + "/one.safetensors")
      try file.write(to: folder + "/two.safetensors")
      try file.write(to: folder + "/two.safetensors")
      let files = ["/one.safetensors", "/two.safetensors"].map { URL(filePath: folder + $0) }
      #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["one.safetensors", "two.safetensors"])
    }
  }

  @Test("a missing folder and a folder in the place are errors that leave nothing behind")
  func unwritable() throws {
    #expect {
      try file.write(to: "/nowhere/else/file.safetensors")
    } throws: {
      $0 as? TensorFileError
        == .unwritable(
          file: "/nowhere/else/file.safetensors",
          reason: "there is no folder /nowhere/else; make it first: mkdir -p '/nowhere/else'")
    }
    try WeightsFixtures.inTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/taken/in", withIntermediateDirectories: true)
      #expect(throws: TensorFileError.self) { try file.write(to: folder + "/taken") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
    }
  }

  @Test("one name cannot be two tensors")
  func clash() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      let twice = TensorFile(["a": Tensor([1], shape: [1])], integers: ["a": IntegerTensor([1])])
      #expect(throws: TensorFileError.self) { try twice.write(to: folder + "/a.safetensors") }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }
}
