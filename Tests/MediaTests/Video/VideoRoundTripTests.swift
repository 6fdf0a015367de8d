import Foundation
import Media
import Testing

@Suite struct VideoRoundTripTests {
  @Test func `Flat patches come back in their colours`() throws {
    let folder = try TemporaryFolder()
    let colours: [(UInt8, UInt8, UInt8)] = [
      (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128), (255, 255, 255), (0, 0, 0), (200, 120, 40),
    ]
    let path = folder.path("patches.mp4")
    let writer = try VideoWriter(path: path, width: 64, height: 48, frameRate: FrameRate(8))
    for (red, green, blue) in colours {
      try writer.write(Picture(width: 64, height: 48, red: red, green: green, blue: blue))
    }
    try writer.finish()
    let reader = try VideoReader(contentsOf: path)
    for (red, green, blue) in colours {
      let picture = try #require(try reader.next())
      let expected = Picture(width: 64, height: 48, red: red, green: green, blue: blue)
      print(red, green, blue, picture[30, 20])
      #expect(greatestDifference(picture.pixels, expected.pixels) <= 3)
    }
    #expect(try reader.next() == nil)
  }

  @Test func `A moving scene comes back`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("scene.mp4")
    let frames = (0..<12).map { scene(width: 128, height: 96, time: Double($0) / 12) }
    let writer = try VideoWriter(path: path, width: 128, height: 96, frameRate: FrameRate(8))
    for frame in frames { try writer.write(frame) }
    try writer.finish()
    #expect(folder.contents == ["scene.mp4"])
    let reader = try VideoReader(contentsOf: path)
    #expect(reader.width == 128 && reader.height == 96 && reader.declaredFrameCount == 12)
    #expect(try reader.frameRate == FrameRate(8))
    for frame in frames {
      let picture = try #require(try reader.next())
      print(signalToNoise(picture.pixels, frame.pixels))
      #expect(signalToNoise(picture.pixels, frame.pixels) > 33)
    }
    #expect(try reader.next() == nil)
  }
}
