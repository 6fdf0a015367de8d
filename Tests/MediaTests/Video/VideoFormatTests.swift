import Foundation
import NegativeSpaceMedia
import Testing

/// Moving pictures beside MP4, by the name's ending.
@Suite struct VideoFormatTests {
  private static let frames = (0..<6).map { smoothScene(width: 48, height: 32, time: Double($0) / 6) }
  private static let texts = ContainerMetadata(parameters: "a fox", negspace: "{\"seed\": 42}")

  private func written(_ ending: String, _ frames: [Picture] = frames) throws -> (TemporaryFolder, String) {
    let folder = try TemporaryFolder()
    let path = folder.path("scene." + ending)
    let first = try #require(frames.first)
    let writer = try VideoWriter(path: path, width: first.width, height: first.height, frameRate: FrameRate(8))
    for frame in frames { try writer.write(frame) }
    try writer.finish(metadata: Self.texts)
    return (folder, path)
  }

  private func patch(_ colour: [UInt8]) -> Picture {
    Picture(width: 16, height: 16, red: colour[0], green: colour[1], blue: colour[2])
  }

  @Test(arguments: [("webm", 34.0), ("gif", 30), ("apng", .infinity)])
  func `Frames come back in order, at their rate`(_ ending: String, _ decibels: Double) throws {
    let (folder, path) = try written(ending)
    #expect(folder.contents == ["scene." + ending])
    let reader = try VideoReader(contentsOf: path)
    #expect(reader.width == 48 && reader.height == 32)
    for frame in Self.frames {
      let picture = try #require(try reader.next())
      if decibels.isInfinite {
        #expect(picture.pixels == frame.pixels)
      } else {
        #expect(signalToNoise(picture.pixels, frame.pixels) > decibels)
      }
    }
    #expect(try reader.next() == nil)
  }

  /// They are known after the last frame, when WebM's are written already; GIF and WebP have no place for them.
  @Test func `Settings come back from an APNG`() throws {
    let (folder, path) = try written("apng")
    #expect(try ContainerMetadata.read(path) == Self.texts && folder.contents.count == 1)
  }

  /// FFmpeg decodes no moving WebP; its first frame is read by taking it out of the file.
  @Test func `A moving WebP has all frames, and its first one comes back`() throws {
    let (folder, path) = try written("webp")
    let bytes = try Data(contentsOf: URL(filePath: path))
    var (count, start) = (0, bytes.startIndex)
    while let found = bytes.range(of: Data("ANMF".utf8), in: start..<bytes.endIndex) {
      (count, start) = (count + 1, found.upperBound)
    }
    #expect(count == Self.frames.count && folder.contents.count == 1)
    #expect(signalToNoise(try Picture(contentsOf: path).pixels, Self.frames[0].pixels) > 30)
  }

  /// Made by Pillow: Fixtures/make_pictures.py.
  @Test func `Of others' moving pictures the first frame is read`() throws {
    for name in ["moving.webp", "moving.apng"] {
      #expect(try Picture(contentsOf: fixturePath(name)).pixels == (try fixture(name + ".rgb")), "\(name)")
    }
  }

  @Test func `A GIF of few colours keeps them`() throws {
    let colours: [[UInt8]] = [[255, 0, 0], [12, 200, 180], [3, 4, 5]]
    let (folder, path) = try written("gif", colours.map { patch($0) })
    let reader = try VideoReader(contentsOf: path)
    for colour in colours { #expect(try reader.next()?.pixels == patch(colour).pixels) }
    #expect(folder.contents.count == 1)
  }

  @Test func `Odd sides are refused only where colours are halved`() throws {
    let odd = [Picture(width: 5, height: 3, pixels: [UInt8](repeating: 90, count: 45))]
    #expect(throws: MediaError.oddSize(width: 5, height: 3)) { try written("webm", odd) }
    for ending in ["gif", "webp", "apng"] { _ = try written(ending, odd) }
  }

  @Test func `Other endings are refused with those that are written`() {
    #expect(throws: MediaError.unknownExtension(path: "a.avi", expected: ".mp4, .webm, .gif, .webp or .apng")) {
      try VideoFormat(forWriting: "a.avi")
    }
  }
}
