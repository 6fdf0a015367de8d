import Foundation
import NegativeSpaceMedia
import NegativeSpaceTestSupport
import Testing

/// Pictures, videos and their texts that were damaged at random.
@Suite struct MediaFuzzTests {
  private static func files(_ names: [String]) throws -> [Data] { try names.map { Data(try fixture($0)) } }

  /// Good files with texts, as this program writes them.
  private static func written(_ ending: String) throws -> Data {
    let folder = try TemporaryFolder()
    let path = folder.path("good." + ending)
    let metadata = ContainerMetadata(parameters: "a red apple\nSteps: 2", negspace: "{\"version\":\"1\"}")
    try scene(width: 24, height: 16).write(to: path, metadata: metadata)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// The texts, the pixels, and a hidden file in the sides.
  private func look(_ path: String) throws {
    _ = try? ContainerMetadata.read(path)
    _ = SideStrips.data(in: try Picture(contentsOf: path))
  }

  @Test func png() throws {
    var fuzzing = try Fuzzing(
      "PNG", corpus: try Self.files(["alpha.png", "bits.png", "grey16.png", "moving.apng"]) + [Self.written("png")],
      words: [
        "IHDR", "PLTE", "IDAT", "IEND", "tEXt", "zTXt", "iTXt", "acTL", "fcTL", "fdAT", "parameters\u{0}", "tRNS",
      ])
    try fuzzing.run(file: "a.png") { try look($0.path("a.png")) }
  }

  @Test func jpeg() throws {
    var fuzzing = try Fuzzing(
      "JPEG",
      corpus: try Self.files(["colour420.jpg", "comment.jpg", "grey.jpg", "orientation6.jpg"])
        + [Self.written("jpg")],
      words: ["Exif\u{0}\u{0}", "II*\u{0}", "MM\u{0}*", "UNICODE\u{0}", "ASCII\u{0}\u{0}\u{0}", "JFIF\u{0}"])
    try fuzzing.run(file: "a.jpg") { try look($0.path("a.jpg")) }
  }

  @Test func webp() throws {
    var fuzzing = try Fuzzing(
      "WebP",
      corpus: try Self.files(["alpha.webp", "lossless.webp", "lossy.webp", "moving.webp"])
        + [Self.written("webp")],
      words: ["RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "EXIF", "XMP "])
    try fuzzing.run(file: "a.webp") { try look($0.path("a.webp")) }
  }

  @Test func gif() throws {
    var fuzzing = try Fuzzing(
      "GIF", corpus: try Self.files(["moving.gif"]), words: ["GIF89a", "GIF87a", "NETSCAPE2.0"])
    try fuzzing.run(file: "a.gif") { try look($0.path("a.gif")) }
  }

  @Test func tiff() throws {
    // One grey pixel, by the specification (TIFF 6.0): a directory of eight fields, then the byte.
    let fields: [(tag: UInt16, value: UInt8)] = [
      (256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 110), (278, 1), (279, 1),
    ]
    var pixel: [UInt8] = [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 8, 0]
    for field in fields {
      pixel += [UInt8(field.tag & 0xFF), UInt8(field.tag >> 8), 3, 0, 1, 0, 0, 0, field.value, 0, 0, 0]
    }
    pixel += [0, 0, 0, 0, 0x80]
    let corpus = try [Data(pixel)] + Self.files(["rgb.tiff"])
    var fuzzing = try Fuzzing("TIFF", corpus: corpus, words: ["II*\u{0}", "MM\u{0}*"])
    try fuzzing.run(file: "a.tif") { try look($0.path("a.tif")) }
  }

  @Test func mp4() throws {
    let folder = try TemporaryFolder()
    let writer = try VideoWriter(path: folder.path("good.mp4"), width: 32, height: 16, frameRate: FrameRate(8))
    for time in [0, 0.5] { try writer.write(scene(width: 32, height: 16, time: time)) }
    try writer.finish(metadata: ContainerMetadata(parameters: "a red apple", negspace: "{}"))
    let own = try Data(contentsOf: URL(fileURLWithPath: folder.path("good.mp4")))
    var fuzzing = try Fuzzing(
      "MP4", corpus: [own],
      words: ["ftyp", "moov", "mdat", "udta", "meta", "ilst", "mdta", "keys", "stsz", "stco", "stts", "trak", "data"])
    try fuzzing.run(file: "a.mp4") { folder in
      let path = folder.path("a.mp4")
      _ = try? ContainerMetadata.read(path)
      let reader = try VideoReader(contentsOf: path)
      for _ in 0..<4 { guard try reader.next() != nil else { break } }
    }
  }
}
