import Foundation
import NegativeSpaceCZlib
import NegativeSpaceMedia
import Testing

@Suite struct ContainerMetadataTests {
  static let texts = [
    "a red fox\nNegative prompt: blurry\nSteps: 25, Seed: 42",
    "café naïve", "狐狸 🦊 \u{301}", "line\r\nline\ttab", "; # = \\ \" '", "a",
    String(repeating: "{\"long\": [1, 2, 3], \"狐\": true}, ", count: 6000),
  ]

  @Test(arguments: ["a.png", "a.jpg", "a.webp"], texts)
  func `Texts of a picture come back`(name: String, text: String) throws {
    let folder = try TemporaryFolder()
    let metadata = ContainerMetadata(parameters: text, negspace: "{\"prompt\": \"\(text)\"}")
    try scene(width: 8, height: 8).write(to: folder.path(name), metadata: metadata)
    #expect(try ContainerMetadata.read(folder.path(name)) == metadata)
    #expect(try Picture(contentsOf: folder.path(name)).width == 8)
  }

  @Test(arguments: ["comment_be.jpg", "comment_le.webp", "comment_ascii.png"])
  func `Settings in Exif's comment are read, whatever its letters`(name: String) throws {
    // Made by Fixtures/make_pictures.py.
    let settings =
      "a red fox, \"quoted\"\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 8x8"
    #expect(try ContainerMetadata.read(fixturePath(name)).parameters == settings)
  }

  @Test(arguments: texts)
  func `Texts of a video come back`(text: String) throws {
    let folder = try TemporaryFolder()
    let metadata = ContainerMetadata(parameters: text, negspace: "{\"prompt\": \"\(text)\"}")
    let writer = try VideoWriter(
      path: folder.path("a.mp4"), width: 16, height: 16, frameRate: FrameRate(8), metadata: metadata)
    try writer.write(scene(width: 16, height: 16))
    try writer.finish()
    let seen = try ContainerMetadata.read(folder.path("a.mp4"))
    #expect(seen.parameters == metadata.parameters)
    #expect(seen.negspace == metadata.negspace)
    #expect(try VideoReader(contentsOf: folder.path("a.mp4")).metadata.parameters == text)
  }

  @Test func `Packed texts that do not fit are given up soon, and those after them are read`() throws {
    func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
      let body = Array(type.utf8) + data
      func number(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
      return number(data.count) + body + number(Int(crc32(body[...])))
    }
    var count = uLong(1 << 16)
    var packed = [UInt8](repeating: 0, count: Int(count))
    let plain = [UInt8](repeating: UInt8(ascii: "a"), count: 17 << 20)
    #expect(compress(&packed, &count, plain, uLong(plain.count)) == Z_OK)
    let bomb = chunk("zTXt", Array("parameters".utf8) + [0, 0] + packed.prefix(Int(count)))
    let folder = try TemporaryFolder()
    try scene(width: 8, height: 8).write(to: folder.path("a.png"), metadata: .init(parameters: "x", negspace: nil))
    let file = FileManager.default.contents(atPath: folder.path("a.png")).map { [UInt8]($0) } ?? []
    let headerEnd = 8 + 25
    try write(
      file[..<headerEnd] + (0..<200).flatMap { _ in bomb } + file[headerEnd...], to: folder.path("bombs.png"))
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try ContainerMetadata.read(folder.path("bombs.png")).parameters == "x")
    #expect(clock.now - start < .seconds(20))
    // A text that is too long by itself is passed over.
    let long = chunk("tEXt", Array("parameters".utf8) + [0] + plain)
    try write(file[..<headerEnd] + long + file[headerEnd...], to: folder.path("long.png"))
    #expect(try ContainerMetadata.read(folder.path("long.png")).parameters == "x")
  }

  // Written by Pillow: Fixtures/make_pictures.py.
  @Test func `Pillow's tEXt, packed iTXt and zTXt are read`() throws {
    let seen = try ContainerMetadata.read(fixturePath("texts.png"))
    #expect(seen.parameters == "a café, 25 steps")
    #expect(seen.negspace == "{\"prompt\": \"狐狸 🦊\"}")
    #expect(seen.texts["long"] == String(repeating: "negative space ", count: 200))
  }

  @Test func `Pillow's JPEG comment is read`() throws {
    #expect(try ContainerMetadata.read(fixturePath("comment.jpg")).parameters == "a red fox, 25 steps 狐")
  }

  @Test(arguments: ["rgb.png", "colour420.jpg", "lossy.webp", "rgb.bmp"])
  func `A picture without texts has none`(name: String) throws {
    #expect(try ContainerMetadata.read(fixturePath(name)) == ContainerMetadata())
  }

  @Test func `A zero character is left out, since no container can hold it`() throws {
    let bytes = try scene(width: 4, height: 4).encoded(
      as: .png, metadata: .init(parameters: "a\0b", negspace: nil), path: "memory")
    let folder = try TemporaryFolder()
    try write(bytes, to: folder.path("a.png"))
    #expect(try ContainerMetadata.read(folder.path("a.png")).parameters == "ab")
  }

  @Test func `A file that is neither picture nor video is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.txt")
    try write(Array("Just some words, and then some more of them.".utf8), to: path)
    #expect {
      try ContainerMetadata.read(path)
    } throws: { error in
      guard case MediaError.unknownContent(path, _, "a text file")? = error as? MediaError else { return false }
      return true
    }
  }
}
