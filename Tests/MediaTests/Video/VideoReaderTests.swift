import NegativeSpaceMedia
import Testing

// Made by Fixtures/make_videos.sh: first frames as FFmpeg 5.1.9's program decodes them (48×32, 10 frames a second).
@Suite struct VideoReaderTests {
  // The program smooths halved colours with cubic curves, this reader with straight lines.
  @Test(arguments: ["bt709.mp4", "bt601.mp4", "full.mp4", "ten_bits.mkv", "planes.webm", "turned.mp4"])
  func `Colours follow the file's tags`(name: String) throws {
    let reader = try VideoReader(contentsOf: fixturePath(name))
    let first = try #require(try reader.next())
    let expected = try fixture("\(name).rgb")
    #expect(signalToNoise(first.pixels, expected) > 42)
    #expect(greatestDifference(first.pixels, expected) <= 10)
  }

  @Test func `A GIF's frames are read exactly`() throws {
    let reader = try VideoReader(contentsOf: fixturePath("moving.gif"))
    #expect(try reader.next()?.pixels == (try fixture("moving.gif.rgb")))
  }

  @Test(arguments: ["bt709.mp4", "ten_bits.mkv", "planes.webm", "moving.gif"])
  func `All frames come, then none`(name: String) throws {
    let reader = try VideoReader(contentsOf: fixturePath(name))
    #expect(try reader.frameRate == FrameRate(10))
    for _ in 0..<5 { #expect(try reader.next()?.width == 48) }
    #expect(try reader.next() == nil)
    #expect(try reader.next() == nil)
  }

  @Test func `A video held upright is turned`() throws {
    let reader = try VideoReader(contentsOf: fixturePath("turned.mp4"))
    #expect(reader.width == 32 && reader.height == 48)
    #expect(try reader.next()?.height == 48)
  }

  @Test func `Sound alone is no video`() {
    #expect { try VideoReader(contentsOf: fixturePath("sound.mp4")) } throws: { "\($0)".contains("no video") }
  }

  @Test func `A list that names other files is not opened`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("list.mp4")
    try write(Array("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n".utf8), to: path)
    #expect { try VideoReader(contentsOf: path) } throws: { error in
      guard case .unknownContent? = error as? MediaError else { return false }
      return true
    }
  }
}
