import NegativeSpaceCFFmpeg

/// An open container: its streams and its texts.
final class VideoFile {
  let pointer: UnsafeMutablePointer<AVFormatContext>
  let path: String

  /// Kinds that hold their frames themselves.
  ///
  /// Play lists and the like, which open other files, are not among them.
  private static let containers =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,gif,apng,h264,hevc,ivf,mjpeg,yuv4mpegpipe"

  /// Opens the container without reading frames.
  /// - Throws: `MediaError.cannotRead`, `.unknownContent` or `.damaged`.
  init(_ path: String) throws {
    FFmpegLog.begin()
    self.path = path
    // The system's words for a missing file or a folder are better than FFmpeg's.
    _ = try FileBytes.start(of: path, count: 1)
    var context = avformat_alloc_context()
    let fresh = try check(context, "opening", path)
    fresh.pointee.format_whitelist = av_strdup(Self.containers)
    fresh.pointee.protocol_whitelist = av_strdup("file")
    // On failure FFmpeg frees the context, so it becomes ours only afterwards.
    let code = avformat_open_input(&context, "file:" + path, nil, nil)
    guard code >= 0 else {
      let start = try FileBytes.start(of: path, count: 64)
      if PictureFormat(startingWith: start) == .webp {
        throw MediaError.unsupported(path: path, what: "a WebP, of which FFmpeg decodes no moving pictures")
      }
      // What is on none of the lists above is no video either.
      throw code == averrorInvalidData || code == averrorInvalidArgument
        ? MediaError.unknownContent(
          path: path, expected: "a video (MP4, WebM, AVI, GIF, …)", found: ContentName.of(start))
        : MediaError.damaged(path: path, reason: reason(of: code))
    }
    pointer = fresh
  }

  /// The container's texts.
  var texts: [String: String] { TextDictionary.texts(of: pointer.pointee.metadata) }

  deinit {
    var context: UnsafeMutablePointer<AVFormatContext>? = pointer
    avformat_close_input(&context)
  }
}
