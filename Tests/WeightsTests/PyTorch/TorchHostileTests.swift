import Foundation
import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

@Suite("Hostile PyTorch files")
struct TorchHostileTests {
  /// Opens `data` and reads all of it; what it came to.
  @discardableResult
  private func open(_ data: Data) throws -> (any TensorReader)? {
    try WeightsFixtures.inTemporaryFolder { try open(data, at: $0 + "/file.pt") }
  }

  private func open(_ data: Data, at path: String) throws -> (any TensorReader)? {
    try WeightsFixtures.write(data, to: path)
    let reader: any TensorReader
    do {
      reader = try openTensorFile(path)
    } catch let error as TensorFileError {
      #expect(error.description.contains(path), "names the file")
      return nil
    }
    for (name, entry) in reader.entries {
      // Nothing is larger than the file that it is in.
      let isBounded = entry.count * entry.type.byteCount <= data.count
      let isWhole = try reader.tensor(name, as: .float32).floats.count == entry.count
      if !isBounded || !isWhole { Issue.record("\(name) is \(entry.type.rawValue) \(entry.shape)") }
    }
    return reader
  }

  /// A legacy file with this object, and storages by their keys.
  private func legacy(_ object: Data, storages: [(key: String, count: Int64, bytes: Int)] = []) -> Data {
    // The magic number, the version 1001, an empty dictionary about the machine.
    var data = Data([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E])
    data += Data([0x80, 2, 0x4D, 0xE9, 3, 0x2E, 0x80, 2, 0x7D, 0x2E]) + object
    data += Data("(".utf8) + storages.reduce(Data()) { $0 + Data("S'\($1.key)'\n".utf8) } + Data("l.".utf8)
    for storage in storages {
      data += withUnsafeBytes(of: storage.count.littleEndian) { Data($0) } + Data(count: storage.bytes)
    }
    return data
  }

  /// A tensor in the printable protocol.
  private func tensor(offset: String = "I0", shape: String = "(I2\nt", strides: String = "(I1\nt", count: String = "I4")
    -> Data
  {
    let storage = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\n\(count)\ntQ"
    return Data("(S'a'\nctorch._utils\n_rebuild_tensor_v2\n(\(storage)\(offset)\n\(shape)\(strides)I00\nNtRd.".utf8)
  }

  private let storage = [(key: "0", count: Int64(4), bytes: 16)]

  @Test("the hand-made file is a good one")
  func good() throws {
    #expect(try open(legacy(tensor(), storages: storage))?.entries["a"]?.shape == [2])
  }

  @Test("shapes, strides, offsets and sizes that cannot be")
  func absurdTensors() throws {
    let cases = [
      tensor(offset: "I3"), tensor(offset: "I-1"), tensor(offset: "I9223372036854775807"), tensor(shape: "(I5\nt"),
      tensor(shape: "(I-2\nt"), tensor(shape: "(I4611686018427387904\nI4\nt", strides: "(I1\nI1\nt"),
      tensor(shape: "(I1000000\nt", strides: "(I0\nt"), tensor(strides: "(I4\nt"), tensor(strides: "(I-1\nt"),
      tensor(strides: "(I9223372036854775807\nt"), tensor(strides: "(t"), tensor(count: "I5"), tensor(count: "I-1"),
      tensor(count: "I4611686018427387904"),
      tensor(
        shape: "(" + String(repeating: "I1\n", count: 65) + "t",
        strides: "(" + String(repeating: "I1\n", count: 65) + "t"),
    ]
    for (index, object) in cases.enumerated() {
      #expect(try open(legacy(object, storages: storage))?.entries["a"] == nil, "case \(index)")
    }
    // Too few elements at the end, and a count beyond the file.
    #expect(try open(legacy(tensor(), storages: [("0", 4, 15)])) == nil)
    #expect(try open(legacy(tensor(), storages: [("0", Int64.max, 16)])) == nil)
    #expect(try open(legacy(tensor(), storages: [("0", -1, 16)])) == nil)
    #expect(try open(legacy(tensor(), storages: [])) == nil)
    let empty = tensor(shape: "(I0\nI4611686018427387904\nI8\nt", strides: "(I1\nI1\nI1\nt")
    #expect(try open(legacy(empty, storages: storage)) == nil)
  }

  @Test("pickles that nest, copy or name without end")
  func endless() throws {
    func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
    let objects = [
      // Lists, tuples and dictionaries inside each other, 200,000 levels deep.
      repeated("]", 200_000) + repeated("a", 199_999) + ".", ")" + repeated("\u{85}", 200_000) + ".",
      "(" + repeated("(", 200_000) + ".", repeated("(", 200_000) + repeated("d", 10) + ".",
      // Values without end, and a list that is copied again and again.
      repeated("N", 1_100_000) + ".",
      "]q\u{0}(" + repeated("N", 100_000) + "e0" + repeated("ctorch\nSize\nh\u{0}\u{85}R0", 10_000) + "h\u{0}.",
      // One long key at every level.
      "X\u{10}\u{27}\u{0}\u{0}" + repeated("k", 10_000) + "q\u{0}0}" + repeated("h\u{0}}", 10_000)
        + repeated("s", 10_000) + ".",
    ]
    for object in objects {
      // Every scalar is one byte.
      _ = try open(legacy(Data(object.unicodeScalars.map { UInt8($0.value) }), storages: storage))
    }
  }

  @Test(
    "operations out of place",
    arguments: [
      ".", "0.", "t.", "R.", "a.", "e.", "s.", "u.", "b.", "q\u{0}.", "h\u{7}.", "Q.", "2.", "d.", "(Nd.", "NNR.",
      "]R.",
      "I\n.", "Ixyz\n.", "Fxyz\n.", "S'\n.", "L99999999999999999999\n.", "T\u{FF}\u{FF}\u{FF}\u{FF}.",
      "X\u{FF}\u{FF}\u{FF}\u{7F}.", "\u{8D}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}.",
      "\u{8B}\u{FF}\u{FF}\u{FF}\u{FF}.",
      "\u{80}\u{9}N.", "\u{82}\u{1}.", "\u{97}.", "NN\u{93}.", "c\n", "p-1\n.", "\u{FE}.",
      "(S'storage'\nNNNI1\ntQ.", "(S'storage'\nNS'0'\nNNtQ.", "ctorch._utils\n_rebuild_tensor_v2\n(tR.",
      "ctorch._utils\n_rebuild_parameter\n(tR.", "ctorch._tensor\n_rebuild_from_type_v2\n(NNNtR.",
    ])
  func misplaced(object: String) throws {
    let reader = try open(legacy(Data(object.unicodeScalars.map { UInt8($0.value) }), storages: storage))
    #expect(reader?.entries.isEmpty ?? true)
  }

  @Test("zip archives that lie")
  func archives() throws {
    let whole = try WeightsFixtures.data("torch/zip.pt")
    let central = try #require(whole.range(of: Data([0x50, 0x4B, 1, 2]))).lowerBound
    func changed(_ offset: Int, _ bytes: [UInt8]) -> Data {
      var copy = whole
      copy.replaceSubrange(central + offset..<central + offset + bytes.count, with: bytes)
      return copy
    }
    #expect(try open(whole) != nil)
    let lies = [
      // Encrypted, compressed, sizes beyond the file, an entry elsewhere.
      changed(8, [1, 0]), changed(10, [8, 0]), changed(20, [0xF0, 0xFF, 0xFF, 0xFF, 0xF0, 0xFF, 0xFF, 0xFF]),
      changed(42, [0xF0, 0xFF, 0xFF, 0xFF]), changed(42, [1, 0, 0, 0]), changed(28, [0xFF, 0xFF]), changed(0, [0]),
    ]
    for (index, data) in lies.enumerated() { #expect(try open(data) == nil, "lie \(index)") }
    // A name that leads out of the folder leads nowhere: nothing is written.
    let name = try #require(whole.range(of: Data("zip/data.pkl".utf8)))
    var renamed = whole
    while let place = renamed.range(of: Data("zip/data.pkl".utf8)) {
      renamed.replaceSubrange(place, with: Data("../../et.pkl".utf8))
    }
    #expect(name.count == 12)
    #expect(try open(renamed) == nil)
  }

  @Test("a file that is cut short is refused at every sixteenth", arguments: ["zip.pt", "legacy.pt", "protocol5.pt"])
  func truncated(name: String) throws {
    let whole = try WeightsFixtures.data("torch/\(name)")
    for part in 0..<16 {
      #expect(try open(whole.prefix(whole.count * part / 16)) == nil, "\(part)/16")
    }
  }

  @Test(
    "flipped bits give an error or tensors, never a crash",
    arguments: ["zip.pt", "legacy.pt", "protocol4.pt", "protocol5.pt", "lightning.ckpt", "module.pt"])
  func flipped(name: String) throws {
    let whole = try WeightsFixtures.data("torch/\(name)")
    var random = SplitMix64(seed: 2024)
    var valid = 0
    try WeightsFixtures.inTemporaryFolder { folder in
      for number in 0..<300 {
        var copy = whole
        for _ in 0..<Int(random.next() % 6 + 1) {
          copy[Int(random.next() % UInt64(copy.count))] ^= 1 << UInt8(random.next() % 8)
        }
        if try open(copy, at: "\(folder)/\(number).pt") != nil { valid += 1 }
      }
    }
    #expect(valid > 0 && valid < 300)
  }
}
