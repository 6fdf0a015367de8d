import NegativeSpaceCFFmpeg

#if canImport(Glibc)
  import Glibc
#endif

/// Writes moving pictures frame by frame, in the format that the name's ending asks for.
///
/// MP4 is H.264, yuv420p, BT.709 limited range and tagged so, index first (`+faststart`); WebM the same with VP9. The
/// others are `VideoFormat`'s.
///
/// The file appears under its name only with `finish()`; until then it is a hidden file beside it, which goes when the
/// writer is cancelled, fails, or is simply let go. The same frames and texts make the same bytes.
package final class VideoWriter {
  /// Columns of each frame.
  package let width: Int
  /// Rows of each frame.
  package let height: Int
  /// Frames written so far.
  package private(set) var frameCount = 0

  private let path: String
  private let format: VideoFormat
  /// Nil once the video is finished, cancelled or failed.
  private var work: Work?

  /// The objects in use while the video is being written.
  private struct Work {
    let file: TemporaryFile
    let encoder: Codec
    let output: OutputContainer
    let packet: Packet
  }

  /// Opens the output; everything that can be refused is refused here rather than after the last frame.
  /// - Throws: `MediaError.oddSize`, `.cannotWrite`, `.missingCodec`, `.codec`.
  package init(
    path: String, width: Int, height: Int, frameRate: FrameRate, metadata: ContainerMetadata = ContainerMetadata(),
    options: VideoOptions = VideoOptions()
  ) throws {
    FFmpegLog.begin()
    guard width > 0, height > 0, width <= Picture.maximumSide, height <= Picture.maximumSide else {
      throw MediaError.wrongSize(
        what: "the video's size", expected: "1 to \(Picture.maximumSide) a side", found: "\(width)×\(height)")
    }
    // Who names files checks their endings.
    format = (try? VideoFormat(forWriting: path)) ?? .mp4
    guard !format.halvesColours || (width % 2 == 0 && height % 2 == 0) else {
      throw MediaError.oddSize(width: width, height: height)
    }
    self.path = path
    self.width = width
    self.height = height
    let encoder = try Self.encoder(format, width: width, height: height, frameRate, options, path)
    let file = try TemporaryFile(for: path)
    work = Work(
      file: file, encoder: encoder,
      output: try OutputContainer(file: file.path, for: path, format, encoder, metadata),
      packet: try Packet(path))
  }

  /// Adds a frame.
  ///
  /// After an error the output is gone and the writer takes no more.
  /// - Throws: `MediaError.wrongSize`, `.writerClosed`, `.cannotWrite`.
  package func write(_ picture: Picture) throws {
    guard let work else { throw MediaError.writerClosed(path: path) }
    guard picture.width == width, picture.height == height else {
      throw MediaError.wrongSize(
        what: "frame \(frameCount) of \(path)", expected: "\(width)×\(height)",
        found: "\(picture.width)×\(picture.height)")
    }
    try closingOnError {
      let target = try Self.frame(of: picture, for: format, path)
      target.pointer.pointee.pts = Int64(frameCount)
      try check(avcodec_send_frame(work.encoder.pointer, target.pointer), "encoding", path)
      try drain(work)
    }
    frameCount += 1
  }

  /// Writes what the encoder still holds and gives the file its name.
  ///
  /// - Parameter metadata: texts in place of those from the beginning, for what is only known after the last frame.
  /// - Throws: `MediaError.noFrames`, `.writerClosed`, `.cannotWrite`.
  package func finish(metadata: ContainerMetadata? = nil) throws {
    guard let work else { throw MediaError.writerClosed(path: path) }
    defer { cancel() }
    guard frameCount > 0 else { throw MediaError.noFrames(path: path) }
    try closingOnError {
      try check(avcodec_send_frame(work.encoder.pointer, nil), "encoding", path)
      try drain(work)
      if let metadata { work.output.set(metadata) }
      try work.output.finish()
      if let metadata, !metadata.texts.isEmpty { try insert(metadata, into: work.file.path) }
      try work.file.moveIntoPlace()
    }
  }

  /// Gives up: nothing is left behind.
  ///
  /// Harmless after `finish()`.
  package func cancel() {
    work?.file.discard()
    work = nil
  }

  /// The texts of moving PNG and WebP, which FFmpeg does not write.
  private func insert(_ metadata: ContainerMetadata, into file: String) throws {
    guard format == .apng || format == .webp else { return }
    let written = try FileBytes.read(file, limit: 1 << 34)
    let bytes =
      format == .apng
      ? try PNGText.inserting(metadata, into: written, path)
      : try WebPAnimation.inserting(
        exif: ExifTexts.data(metadata), into: written, width: width, height: height, path)
    guard let target = fopen(file, "wb") else { throw MediaError.cannotWrite(path: path, reason: systemReason()) }
    let count = fwrite(bytes, 1, bytes.count, target)
    let isClosed = fclose(target) == 0
    guard count == bytes.count, isClosed else { throw MediaError.cannotWrite(path: path, reason: systemReason()) }
  }

  /// Moves the encoder's finished packets into the container.
  private func drain(_ work: Work) throws {
    while true {
      let code = avcodec_receive_packet(work.encoder.pointer, work.packet.pointer)
      if code == averrorAgain || code == averrorEndOfFile { return }
      try check(code, "encoding", path)
      try work.output.write(work.packet, from: work.encoder)
    }
  }

  private func closingOnError(_ body: () throws -> Void) throws {
    FFmpegLog.begin()
    do { try body() } catch {
      cancel()
      throw error
    }
  }
}
