import Foundation
import NegativeSpaceMedia
import Testing

@Suite struct VideoWriterFailureTests {
  private func writer(_ path: String, width: Int = 16, height: Int = 16) throws -> VideoWriter {
    try VideoWriter(path: path, width: width, height: height, frameRate: FrameRate(8))
  }

  @Test(arguments: [(15, 16), (16, 15), (1, 1)])
  func `Odd sides are refused with what to choose`(width: Int, height: Int) throws {
    let folder = try TemporaryFolder()
    #expect(throws: MediaError.oddSize(width: width, height: height)) {
      try writer(folder.path("a.mp4"), width: width, height: height)
    }
    #expect(folder.contents.isEmpty)
  }

  @Test func `A cancelled video leaves nothing`() throws {
    let folder = try TemporaryFolder()
    let writer = try writer(folder.path("a.mp4"))
    for _ in 0..<5 { try writer.write(scene(width: 16, height: 16)) }
    #expect(folder.contents.count == 1)
    writer.cancel()
    #expect(folder.contents.isEmpty)
    #expect(throws: MediaError.writerClosed(path: folder.path("a.mp4"))) {
      try writer.write(scene(width: 16, height: 16))
    }
    #expect(throws: MediaError.writerClosed(path: folder.path("a.mp4"))) { try writer.finish() }
  }

  @Test func `A writer that is let go leaves nothing`() throws {
    let folder = try TemporaryFolder()
    do {
      let writer = try writer(folder.path("a.mp4"))
      try writer.write(scene(width: 16, height: 16))
      #expect(folder.contents.allSatisfy { $0.hasPrefix(".") })
    }
    #expect(folder.contents.isEmpty)
  }

  @Test func `An earlier file stays until the new one is whole`() throws {
    let folder = try TemporaryFolder()
    try write(Array("earlier".utf8), to: folder.path("a.mp4"))
    let cancelled = try writer(folder.path("a.mp4"))
    try cancelled.write(scene(width: 16, height: 16))
    cancelled.cancel()
    #expect(try Data(contentsOf: URL(filePath: folder.path("a.mp4"))) == Data("earlier".utf8))
    let finished = try writer(folder.path("a.mp4"))
    try finished.write(scene(width: 16, height: 16))
    try finished.finish()
    #expect(try VideoReader(contentsOf: folder.path("a.mp4")).width == 16)
  }

  @Test func `A frame of another size is refused, and the others still make a video`() throws {
    let folder = try TemporaryFolder()
    let writer = try writer(folder.path("a.mp4"))
    try writer.write(scene(width: 16, height: 16))
    #expect(
      throws: MediaError.wrongSize(
        what: "frame 1 of \(folder.path("a.mp4"))", expected: "16×16", found: "18×16")
    ) { try writer.write(scene(width: 18, height: 16)) }
    try writer.finish()
    #expect(folder.contents == ["a.mp4"])
  }

  @Test func `A video without frames is not written`() throws {
    let folder = try TemporaryFolder()
    let writer = try writer(folder.path("a.mp4"))
    #expect(throws: MediaError.noFrames(path: folder.path("a.mp4"))) { try writer.finish() }
    #expect(folder.contents.isEmpty)
  }

  @Test func `Outputs that cannot be are refused before the first frame`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: true)
    let missing = folder.path("missing/deeper")
    let cases = [
      (missing + "/a.mp4", "there is no folder \(missing); make it first: mkdir -p '\(missing)'"),
      (folder.path("folder"), "it is a folder"),
      (folder.path("new") + "/", "it names a folder, not a file"), ("", "it names a folder, not a file"),
      ("/dev/null", "it is not a plain file"),
    ]
    for (path, reason) in cases {
      #expect(throws: MediaError.cannotWrite(path: path, reason: reason)) { try writer(path) }
    }
    #expect(folder.contents == ["folder"])
  }

  @Test func `A link to a file stays a link`() throws {
    let folder = try TemporaryFolder()
    try write(Array("earlier".utf8), to: folder.path("real.mp4"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.mp4"), withDestinationPath: folder.path("real.mp4"))
    let writer = try writer(folder.path("link.mp4"))
    try writer.write(scene(width: 16, height: 16))
    try writer.finish()
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link.mp4")).hasSuffix("real.mp4"))
    #expect(try VideoReader(contentsOf: folder.path("real.mp4")).width == 16)
  }
}
