import Foundation
import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

@Suite struct GGUFHostileTests {
  /// What came of opening it; a file that opens is read whole.
  private func outcome(_ data: Data) throws -> String {
    try WeightsFixtures.inTemporaryFolder { folder in
      let path = folder + "/file.gguf"
      try WeightsFixtures.write(data, to: path)
      do {
        let reader = try openTensorFile(path)
        for name in reader.entries.keys { _ = try reader.tensor(name, as: .float32).floats }
        return "read"
      } catch let error as TensorFileError {
        #expect(error.description.contains(path), "names the file")
        return error.description
      }
    }
  }

  private static let good = GGUFContent([.init("a", shape: [2, 2], [1, 2, 3, 4]), .init("b", shape: [1], [5])])

  private static func changed(_ change: (inout GGUFContent) -> Void) -> Data {
    var content = good
    change(&content)
    return content.data
  }

  @Test func `Versions 2 and 3 are read, without tensors too`() throws {
    #expect(try outcome(Self.good.data) == "read")
    #expect(try outcome(Self.changed { $0.version = 2 }) == "read")
    #expect(try outcome(GGUFContent().data) == "read")
  }

  @Test func `Other versions and machines are refused by name`() throws {
    #expect(try outcome(Self.changed { $0.version = 1 }).contains("GGUF file of version 1"))
    #expect(try outcome(Self.changed { $0.version = UInt32(3).byteSwapped }).contains("big-endian"))
  }

  @Test func `Numbers that cannot be are met before memory is asked for`() throws {
    let huge = UInt64.max
    for (what, content) in [
      ("more than fit", Self.changed { $0.tensorCount = 1 << 40 }),
      ("beyond any file", Self.changed { $0.tensorCount = huge }),
      ("more than fit", Self.changed { $0.valueCount = 1 << 40 }),
      ("beyond any file", Self.changed { $0.valueCount = huge }),
      ("beyond any file", Self.changed { $0.tensors[0].sizes = [huge] }),
      ("beyond any memory", Self.changed { $0.tensors[0].sizes = [1 << 40, 1 << 40] }),
      ("beyond any memory", Self.changed { $0.tensors[0].sizes = [0, 1 << 40, 1 << 40] }),
      ("cut short", Self.changed { $0.tensors[0].sizes = [1 << 20, 1 << 20] }),
      ("beyond any file", Self.changed { $0.tensors[0].sizes = [1 << 62] }),
      ("beyond any file", Self.changed { $0.tensors[0].offset = huge }),
      ("cut short", Self.changed { $0.tensors[0].offset = 1 << 40 }),
      ("beyond any file", Self.changed { $0.tensors[0].offset = UInt64(Int.max) & ~31 }),
      ("no multiple of 32", Self.changed { $0.tensors[0].offset = 4 }),
      ("share bytes", Self.changed { $0.tensors[1].offset = 0 }),
      ("9 axes", Self.changed { $0.tensors[0].sizes = Array(repeating: 1, count: 9) }),
      ("it is there twice", Self.changed { $0.tensors[1].name = "a" }),
      ("do not consist of blocks of 32", Self.changed { $0.tensors[0].type = 8 }),
    ] {
      let found = try outcome(content)
      #expect(found.contains(what), "\(found)")
    }
  }

  @Test func `Types that are not read are refused by name`() throws {
    for (type, name) in [(UInt32(20), "IQ4_NL"), (9, "Q8_1"), (99, "number 99")] {
      let found = try outcome(Self.changed { $0.tensors[0].type = type })
      #expect(found.contains("a has ggml's element type \(name)") && found.contains("Q4_K"), "\(found)")
    }
  }

  @Test func `Values are passed over whatever they are, and hostile ones refused`() throws {
    func value(_ kind: UInt32, _ bytes: Data) throws -> String {
      try outcome(Self.changed { $0.values = [("key", kind, bytes)] })
    }
    func list(_ kind: UInt32, _ count: UInt64, _ bytes: Data) -> Data {
      GGUFContent.little(kind) + GGUFContent.little(count) + bytes
    }
    for width in [(UInt32(0), 1), (1, 1), (2, 2), (3, 2), (4, 4), (5, 4), (6, 4), (7, 1), (10, 8), (11, 8), (12, 8)] {
      #expect(try value(width.0, Data(count: width.1)) == "read")
      #expect(try value(9, list(width.0, 100, Data(count: 100 * width.1))) == "read")
    }
    #expect(try value(9, list(8, 2, GGUFContent.text("a") + GGUFContent.text("b"))) == "read")
    #expect(try value(9, list(9, 1, list(0, 2, Data(count: 2)))) == "read")
    let deep = (0..<50).reduce(list(0, 0, Data())) { inner, _ in list(9, 1, inner) }
    #expect(try value(9, deep).contains("lists within lists"))
    #expect(try value(13, Data()).contains("unknown kind 13"))
    #expect(try value(9, list(0, .max, Data())).contains("beyond any file"))
    #expect(try value(9, list(12, 1 << 62, Data())).contains("a list of"))
    #expect(try value(9, list(8, 1 << 40, Data())).contains("no valid GGUF file"))
    #expect(try value(8, GGUFContent.little(UInt64(1) << 50)).contains("it ends too early"))
  }

  @Test func `An alignment is believed only if it is one`() throws {
    func aligned(_ alignment: UInt32) throws -> String {
      try outcome(Self.changed { $0.values = [("general.alignment", 4, GGUFContent.little(alignment))] })
    }
    #expect(try aligned(32) == "read")
    for alignment in [UInt32(0), 3, .max] { #expect(try aligned(alignment).contains("an alignment of")) }
  }

  @Test func `An original shape holds as many elements`() throws {
    func shaped(_ shape: [Int32]) throws -> String {
      let list = GGUFContent.little(UInt32(5)) + GGUFContent.little(UInt64(shape.count))
      let bytes = shape.reduce(list) { $0 + GGUFContent.little($1) }
      return try outcome(Self.changed { $0.values = [("comfy.gguf.orig_shape.a", 9, bytes)] })
    }
    #expect(try shaped([1, 4, 1]) == "read")
    for shape: [Int32] in [[3], [-1, -4], [], [0, 4]] { #expect(try shaped(shape).contains("its original shape")) }
  }

  @Test func `Cut and turned bytes do no harm`() throws {
    let whole = try WeightsFixtures.data("gguf/types.gguf")
    for data in WeightsFixtures.damaged(whole, flips: 200, in: 0..<2000) { _ = try outcome(data) }
  }
}
