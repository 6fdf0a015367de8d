import Foundation
import NegativeSpaceMedia
import Testing

@Suite struct VideoRoundTripTests {
  private static let patches: [[UInt8]] = [
    [255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128], [255, 255, 255], [0, 0, 0], [200, 120, 40], [12, 200, 180],
  ]

  @Test func `Flat patches come back in their colours`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("patches.mp4")
    try write(Self.patches.map { patch($0) }, to: path)
    let reader = try VideoReader(contentsOf: path)
    for colour in Self.patches {
      let picture = try #require(try reader.next())
      #expect(greatestDifference(picture.pixels, patch(colour).pixels) <= 3)
    }
    #expect(try reader.next() == nil)
  }

  @Test(.enabled(if: program("ffmpeg") != nil, "needs the ffmpeg program"))
  func `FFmpeg's program sees the same patches`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("patches.mp4")
    try write(Self.patches.map { patch($0) }, to: path)
    let ffmpeg = try #require(program("ffmpeg"))
    let arguments = [
      "-v", "error", "-i", path, "-sws_flags", "accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24", "-f", "rawvideo",
      "-",
    ]
    let seen = Array(try output(of: ffmpeg, arguments))
    #expect(greatestDifference(seen, Self.patches.flatMap { patch($0).pixels }) <= 3)
  }

  @Test func `A moving scene comes back`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("scene.mp4")
    let frames = (0..<12).map { smoothScene(width: 128, height: 96, time: Double($0) / 12) }
    try write(frames, to: path)
    #expect(folder.contents == ["scene.mp4"])
    let reader = try VideoReader(contentsOf: path)
    #expect(reader.width == 128 && reader.height == 96 && reader.declaredFrameCount == 12)
    #expect(try reader.frameRate == FrameRate(8))
    for frame in frames {
      let picture = try #require(try reader.next())
      #expect(signalToNoise(picture.pixels, frame.pixels) > 38)
    }
    #expect(try reader.next() == nil)
  }

  @Test func `The same frames and texts make the same bytes`() throws {
    let folder = try TemporaryFolder()
    let frames = (0..<20).map { scene(width: 64, height: 64, time: Double($0) / 20) }
    let metadata = ContainerMetadata(parameters: "a fox", negspace: "{\"seed\": 42}")
    for name in ["a.mp4", "b.mp4"] { try write(frames, to: folder.path(name), metadata) }
    let first = try Data(contentsOf: URL(filePath: folder.path("a.mp4")))
    #expect(try Data(contentsOf: URL(filePath: folder.path("b.mp4"))) == first)
    // The index stands before the frames.
    let index = try #require(first.firstRange(of: Data("moov".utf8)))
    let content = try #require(first.firstRange(of: Data("mdat".utf8)))
    #expect(index.lowerBound < content.lowerBound)
  }

  @Test(arguments: [(2, 2), (4, 16), (130, 66)])
  func `Any even size can be written`(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    try write([Picture(width: width, height: height, red: 90, green: 90, blue: 90)], to: folder.path("a.mp4"))
    let picture = try #require(try VideoReader(contentsOf: folder.path("a.mp4")).next())
    #expect(picture.width == width && picture.height == height)
    #expect(greatestDifference(picture.pixels, [UInt8](repeating: 90, count: width * height * 3)) <= 3)
  }

  @Test(.enabled(if: program("ffprobe") != nil, "needs the ffprobe program"))
  func `FFprobe sees the codec, the colours, the rate and the texts`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("with: colon.mp4")
    let metadata = ContainerMetadata(parameters: "狐狸, Steps: 25", negspace: "{\"seed\": 42}")
    try write([patch([1, 2, 3]), patch([4, 5, 6])], to: path, metadata, rate: FrameRate(29.97))
    let ffprobe = try #require(program("ffprobe"))
    let entries =
      "stream=codec_name,pix_fmt,color_range,color_space,color_transfer,color_primaries,r_frame_rate,"
      + "nb_frames,chroma_location:format_tags"
    let arguments = ["-v", "error", "-show_entries", entries, "-of", "default=noprint_wrappers=1", "file:" + path]
    let seen = Set(String(decoding: try output(of: ffprobe, arguments), as: UTF8.self).split(separator: "\n"))
    let expected: Set<Substring> = [
      "codec_name=h264", "pix_fmt=yuv420p", "color_range=tv", "color_space=bt709", "color_transfer=bt709",
      "color_primaries=bt709", "r_frame_rate=30000/1001", "nb_frames=2", "chroma_location=left",
      "TAG:parameters=狐狸, Steps: 25", "TAG:negspace={\"seed\": 42}",
    ]
    #expect(seen.isSuperset(of: expected), "missing: \(expected.subtracting(seen))")
    #expect(!seen.contains { $0.contains("creation_time") || $0.contains("TAG:encoder") })
  }

  private func patch(_ colour: [UInt8]) -> Picture {
    Picture(width: 64, height: 48, red: colour[0], green: colour[1], blue: colour[2])
  }

  private func write(
    _ frames: [Picture], to path: String, _ metadata: ContainerMetadata = .init(), rate: FrameRate? = nil
  ) throws {
    let writer = try VideoWriter(
      path: path, width: frames[0].width, height: frames[0].height, frameRate: rate ?? FrameRate(8),
      metadata: metadata)
    for frame in frames { try writer.write(frame) }
    try writer.finish()
  }
}
