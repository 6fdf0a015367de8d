import Foundation
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

@Suite("Files by content")
struct TensorFormatTests {
  @Test("a file's name says nothing")
  func names() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      for (source, name) in [
        ("torch/zip.pt", "a.safetensors"), ("torch/legacy.pt", "b"), ("types.safetensors", "c.ckpt"),
      ] {
        try WeightsFixtures.write(WeightsFixtures.data(source), to: "\(folder)/\(name)")
        #expect(try openTensorFile("\(folder)/\(name)").entries["float16"]?.shape == [2, 3])
        #expect(try TensorFile(path: "\(folder)/\(name)").tensors["float32"]?.floats == [-3, 0, 1, 2, 100, 7])
      }
    }
  }

  @Test(
    "what a file is instead is said, and what to do",
    arguments: [
      ("", "is an empty file", "Download it again"),
      ("<!DOCTYPE html>\n<html lang=\"en\">", "is a web page", "login"),
      ("\n <HTML><body>Access denied", "is a web page", "login"),
      ("version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 4\n", "is a git-LFS pointer", "git lfs pull"),
      ("{\"error\": \"not found\"}", "is JSON text", "file of weights"),
      ("GGUF\u{3}", "is no valid GGUF file", "cut short"),
      ("PK\u{5}\u{6}", "is an empty zip archive", "Download"),
    ])
  func others(content: String, what: String, hint: String) throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try WeightsFixtures.write(content, to: path)
      let error = #expect(throws: TensorFileError.self) { try openTensorFile(path) }
      #expect(error?.description.hasPrefix("\(path) \(what)") == true, "\(String(describing: error))")
      #expect(error?.description.contains(hint) == true)
    }
  }

  @Test("a safetensors header whose length spells another format's beginning is still one")
  func lengths() throws {
    // 0x8B1F is how gzip begins, 0x0280 a pickle, 0x227B JSON.
    for length in [0x8B1F, 0x0280, 0x227B] {
      let header = #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"#
      let padded = header + String(repeating: " ", count: length - header.utf8.count - 1) + "}"
      try WeightsFixtures.inTemporaryFolder { folder in
        try WeightsFixtures.write(WeightsFixtures.safetensors(header: padded, dataBytes: 1), to: folder + "/a")
        #expect(try openTensorFile(folder + "/a").entries["a"]?.shape == [1])
      }
    }
  }

  @Test("rounding to float16 is torch's, to nearest even; what is too large is refused")
  func half() throws {
    // torch.tensor(values).half().float()
    let cases: [(Float, Float)] = [
      (65504, 65504), (65519.996, 65504), (1e-8, 0), (5.9604645e-8, 5.9604645e-8), (2.9802322e-8, 0),
      (8.940697e-8, 1.1920929e-7), (1.0004883, 1), (1.0014648, 1.0019531), (-0.33333334, -0.33325195),
      (6.1035156e-5, 6.1035156e-5), (6.1e-5, 6.0975552e-5), (-.infinity, -.infinity), (0.1, 0.099975586),
    ]
    try WeightsFixtures.inTemporaryFolder { folder in
      func write(_ values: [Float]) throws -> [Float] {
        try TensorFile(["a": .init(values, shape: [values.count])]).write(to: folder + "/a")
        let weights = try FileWeights([openTensorFile(folder + "/a")])
        _ = try weights.tensor("a", shape: [values.count], role: .vector, initial: .zeros)
        try SafetensorsWriter.write(weights.found, as: .float16, to: folder + "/b")
        let written = try openTensorFile(folder + "/b")
        #expect(written.entries["a"]?.type == .float16)
        return try written.tensor("a").floats
      }
      #expect(try write(cases.map(\.0)) == cases.map(\.1))
      let undefined = try write([.nan])
      #expect(undefined[0].isNaN)
      #expect(throws: TensorFileError.self) { try write([1, 70000]) }
    }
  }
}
