import Foundation
import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Every reader of weights on files that were damaged at random.
@Suite struct FuzzTests {
  private static func files(_ names: [String]) throws -> [Data] {
    try names.map { try Data(contentsOf: URL(fileURLWithPath: WeightsFixtures.path($0))) }
  }

  /// Opens a file of tensors and reads all of them.
  private func readTensors(_ path: String) throws {
    let reader = try openTensorFile(path)
    for name in reader.entries.keys { _ = try reader.tensor(name, as: .float32) }
  }

  @Test func safetensors() throws {
    var fuzzing = try Fuzzing(
      "safetensors", corpus: try Self.files(["types.safetensors", "rounding.safetensors"]),
      words: [
        "\"dtype\":", "\"F32\"", "\"shape\":[", "\"data_offsets\":[0,4]", "__metadata__", "-1", "1e999", "{", "]",
        "\\u0000",
      ])
    try fuzzing.run(file: "file.safetensors") { try readTensors($0.path("file.safetensors")) }
  }

  @Test func pytorchZip() throws {
    let names = ["zip.pt", "embedding.pt", "lightning.ckpt", "module.pt", "protocol4.pt", "protocol5.pt", "evil.bin"]
    var fuzzing = try Fuzzing(
      "PyTorch, zip and pickle", corpus: try Self.files(names.map { "torch/" + $0 }),
      words: [
        "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "../../", "/data.pkl",
        "ctorch._utils\n_rebuild_tensor_v2\n",
        "(", "t", "R", "Q", "}", "]", "u.", "I-1\n", "0", "2",
      ])
    try fuzzing.run(file: "file.pt") { try readTensors($0.path("file.pt")) }
  }

  @Test func pytorchLegacy() throws {
    var fuzzing = try Fuzzing(
      "PyTorch, legacy and pickle", corpus: try Self.files(["torch/legacy.pt", "torch/evil_legacy.bin"]),
      words: [
        "ctorch._utils\n_rebuild_tensor_v2\n", "(S'storage'\n", "(", "t", "R", "Q", "}", "]", "u.", "I-1\n", "0", "2",
      ])
    try fuzzing.run(file: "file.pt") { try readTensors($0.path("file.pt")) }
  }

  @Test func gguf() throws {
    var fuzzing = try Fuzzing(
      "GGUF", corpus: try Self.files(["gguf/types.gguf", "gguf/t5.gguf"]),
      words: [
        "GGUF", "general.alignment", "comfy.gguf.orig_shape.Q4_K", "enc.blk.0.attn_q.weight", "\u{8}\0\0\0",
        "\u{9}\0\0\0",
        "\u{C}\0\0\0",
      ])
    try fuzzing.run(file: "file.gguf") { try readTensors($0.path("file.gguf")) }
  }
}
