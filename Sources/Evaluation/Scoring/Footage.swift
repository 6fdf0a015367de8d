import Foundation
package import NegativeSpaceMedia
package import NegativeSpaceTensors

/// A picture, or the frames of a clip, to be scored.
package struct Footage: Sendable {
  /// At least one, all of one size.
  package let frames: [Picture]
  /// Whether it is a video, of however many frames.
  package let isClip: Bool

  package init(_ frames: [Picture], isClip: Bool) {
    precondition(!frames.isEmpty, "footage without frames")
    (self.frames, self.isClip) = (frames, isClip)
  }

  /// Bytes of pixels that are kept at once.
  private static let limit = 1 << 30

  /// Reads a picture or a video, told apart by content; a GIF is a video.
  ///
  /// - Throws: `MediaError`, `EvaluationError.tooLong`.
  package init(contentsOf path: String) throws {
    if let still = try Self.still(path) {
      self.init([still], isClip: false)
      return
    }
    let reader = try VideoReader(contentsOf: path)
    var frames: [Picture] = []
    while let frame = try reader.next() {
      frames.append(frame)
      guard frames.count * frame.pixels.count <= Self.limit else {
        throw EvaluationError.tooLong(path: path, frames: frames.count - 1, limit: Self.limit)
      }
    }
    guard !frames.isEmpty else { throw MediaError.noFrames(path: path) }
    self.init(frames, isClip: true)
  }

  private static func still(_ path: String) throws -> Picture? {
    let start = FileHandle(forReadingAtPath: path).flatMap { try? $0.read(upToCount: 16) } ?? Data()
    if PictureFormat(startingWith: Array(start)) == .gif { return nil }
    do { return try Picture(contentsOf: path) } catch MediaError.unknownContent { return nil }
  }

  /// Frames of a range as (N, H, W, 3) in [0, 1].
  package func tensor(_ range: Range<Int>) -> Tensor {
    let first = frames[range.lowerBound]
    return Tensor(
      range.flatMap { frames[$0].floats(.unit) }, shape: [range.count, first.height, first.width, 3])
  }
}
