import Foundation
import NegativeSpaceMedia
import Testing

@Suite struct HostileFilesTests {
  static let pictures = [
    "rgb.png", "palette.png", "rgb16.png", "texts.png", "colour420.jpg", "progressive.jpg", "comment.jpg",
    "orientation6.jpg", "lossy.webp", "lossless.webp", "alpha.webp", "rgb.bmp", "palette.gif", "rgb.tiff", "rgb.ppm",
  ]
  static let videos = ["bt709.mp4", "ten_bits.mkv", "planes.webm", "moving.gif", "turned.mp4", "sound.mp4"]

  @Test(arguments: pictures)
  func `A picture cut at every sixteenth gives an error or a picture`(name: String) throws {
    let bytes = try fixture(name)
    for sixteenth in 0..<16 {
      let piece = Array(bytes[..<(bytes.count * sixteenth / 16)])
      let picture = try readOrRefuse { try Picture(encoded: piece, path: name) }
      // Half a file never shows a picture of another size.
      if let picture { #expect(picture.pixels.count == (try Picture(encoded: bytes, path: name)).pixels.count) }
    }
  }

  @Test(arguments: pictures)
  func `A picture with flipped bits gives an error or a picture`(name: String) throws {
    let bytes = try fixture(name)
    var random = SplitMix(state: 11)
    for _ in 0..<200 {
      let picture = try readOrRefuse { try Picture(encoded: random.damage(bytes), path: name) }
      if let picture { #expect(picture.width * picture.height <= 16384 * 16384) }
    }
  }

  @Test(arguments: videos)
  func `A video cut at every sixteenth gives an error or fewer frames`(name: String) throws {
    let bytes = try fixture(name)
    let folder = try TemporaryFolder()
    for sixteenth in 0..<16 {
      try write(Array(bytes[..<(bytes.count * sixteenth / 16)]), to: folder.path(name))
      let count = try readOrRefuse { try frameCount(folder.path(name)) }
      #expect((count ?? 0) <= 5)
    }
  }

  @Test(arguments: videos)
  func `A video with flipped bits gives an error or frames`(name: String) throws {
    let bytes = try fixture(name)
    let folder = try TemporaryFolder()
    var random = SplitMix(state: 12)
    for _ in 0..<60 {
      try write(random.damage(bytes), to: folder.path(name))
      let count = try readOrRefuse { try frameCount(folder.path(name)) }
      #expect((count ?? 0) < 1000)
    }
  }

  @Test(arguments: ["texts.png", "comment.jpg", "bt709.mp4"])
  func `Texts of damaged files give an error or texts`(name: String) throws {
    let bytes = try fixture(name)
    let folder = try TemporaryFolder()
    var random = SplitMix(state: 13)
    for round in 0..<200 {
      let piece = round < 16 ? Array(bytes[..<(bytes.count * round / 16)]) : random.damage(bytes)
      try write(piece, to: folder.path(name))
      let texts = try readOrRefuse { try ContainerMetadata.read(folder.path(name)).texts }
      #expect((texts ?? [:]).values.allSatisfy { $0.utf8.count < 1 << 20 })
    }
  }

  @Test func `A small PNG cannot ask for a lot of memory`() throws {
    var bytes = try fixture("rgb.png")
    // 16000 × 16000, with the header's check sum made anew: FFmpeg would believe it.
    bytes.replaceSubrange(16..<24, with: [0, 0, 0x3E, 0x80, 0, 0, 0x3E, 0x80])
    let sum = crc32(bytes[12..<29])
    bytes.replaceSubrange(29..<33, with: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) })
    #expect {
      try Picture(encoded: bytes, path: "bomb.png")
    } throws: { error in
      guard case .tooLarge("bomb.png", 16000, 16000, _)? = error as? MediaError else { return false }
      return true
    }
  }

  @Test(.enabled(if: program("python3") != nil, "needs python3"))
  func `A packed text that unpacks beyond the limit is passed over`() throws {
    // python3 -c "import zlib; print(len(zlib.compress(b'a' * (1 << 25), 9)))" gives 32640: 1028 times larger unpacked.
    let script = "import zlib, sys; sys.stdout.buffer.write(zlib.compress(b'a' * (1 << 25), 9))"
    let python = try #require(program("python3"))
    let packed = Array(try output(of: python, ["-c", script]))
    let body = Array("zTXtlong".utf8) + [0, 0] + packed
    let length = UInt32(body.count - 4), sum = crc32(body[...])
    let chunk =
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + body
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    var bytes = try fixture("texts.png")
    bytes.insert(contentsOf: chunk, at: 33)
    let folder = try TemporaryFolder()
    try write(bytes, to: folder.path("a.png"))
    let seen = try ContainerMetadata.read(folder.path("a.png"))
    #expect(seen.texts["long"] == String(repeating: "negative space ", count: 200))
  }

  @Test func `Missing files and folders are named with the system's reason`() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path("missing.png")
    #expect(throws: MediaError.cannotRead(path: missing, reason: "No such file or directory")) {
      try Picture(contentsOf: missing)
    }
    #expect(throws: MediaError.cannotRead(path: missing, reason: "No such file or directory")) {
      try VideoReader(contentsOf: missing)
    }
    #expect(throws: MediaError.cannotRead(path: folder.url.path, reason: "Is a directory")) {
      try Picture(contentsOf: folder.url.path)
    }
    #expect(throws: MediaError.cannotRead(path: folder.url.path, reason: "Is a directory")) {
      try VideoReader(contentsOf: folder.url.path)
    }
  }

  private func frameCount(_ path: String) throws -> Int {
    let reader = try VideoReader(contentsOf: path)
    var count = 0
    while try reader.next() != nil, count < 1000 { count += 1 }
    return count
  }

  /// The value that was read, or nil where it was refused properly: with an error of our own.
  private func readOrRefuse<Value>(_ read: () throws -> Value) throws -> Value? {
    do { return try read() } catch is MediaError { return nil }
  }
}

/// Small, seeded random numbers (Steele and others, 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// The bytes with one to eight bits flipped.
  mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
    var damaged = bytes
    for _ in 0..<Int.random(in: 1...8, using: &self) {
      damaged[Int.random(in: 0..<bytes.count, using: &self)] ^= 1 << UInt8.random(in: 0..<8, using: &self)
    }
    return damaged
  }
}
