import NegativeSpaceCFFmpeg

/// The frames of an existing video, one by one.
///
/// Colours follow the file's tags (BT.709, BT.601, range, place of the colour samples).
package final class VideoReader {
  /// Columns.
  package let width: Int
  /// Rows.
  package let height: Int
  /// The average rate; nil where the file does not say.
  package let frameRate: FrameRate?
  /// Number of frames that the file says it has; nil where it does not say.
  ///
  /// Untrusted.
  package let declaredFrameCount: Int?
  /// The container's texts.
  package let metadata: ContainerMetadata

  private let file: VideoFile
  private let codec: Codec
  private let packet: Packet
  private let frame: Frame
  private let streamIndex: Int32
  private let orientation: Orientation
  private var isDraining = false

  /// Opens a video; no frame is decoded for the caller yet.
  /// - Throws: `MediaError`.
  package init(contentsOf path: String) throws {
    file = try VideoFile(path)
    try check(avformat_find_stream_info(file.pointer, nil), "looking for streams", path)
    var decoder: UnsafePointer<AVCodec>?
    let index = av_find_best_stream(file.pointer, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0)
    guard index >= 0, let stream = file.pointer.pointee.streams[Int(index)] else {
      throw MediaError.damaged(path: path, reason: "it has no video that this FFmpeg can decode")
    }
    streamIndex = index
    codec = try Codec(decoder, named: "decoder of \(path)", path)
    let parameters = stream.pointee.codecpar
    try check(avcodec_parameters_to_context(codec.pointer, parameters), "preparing the decoder", path)
    codec.pointer.pointee.max_pixels = Int64(Picture.maximumSide * Picture.maximumSide)
    try codec.open()

    let storedWidth = Int(codec.pointer.pointee.width), storedHeight = Int(codec.pointer.pointee.height)
    guard storedWidth > 0, storedHeight > 0 else {
      throw MediaError.damaged(path: path, reason: "its size is not known")
    }
    guard storedWidth <= Picture.maximumSide, storedHeight <= Picture.maximumSide else {
      throw MediaError.tooLarge(
        path: path, width: storedWidth, height: storedHeight, limit: "\(Picture.maximumSide) a side")
    }
    orientation = Self.orientation(of: stream)
    width = orientation.swapsSides ? storedHeight : storedWidth
    height = orientation.swapsSides ? storedWidth : storedHeight
    let rate = av_guess_frame_rate(file.pointer, stream, nil)
    frameRate = try? FrameRate(Int(rate.num), over: Int(rate.den))
    declaredFrameCount = stream.pointee.nb_frames > 0 ? Int(stream.pointee.nb_frames) : nil
    metadata = ContainerMetadata(texts: file.texts)
    packet = try Packet(path)
    frame = try Frame(path)
  }

  /// The next frame, or nil after the last one.
  /// - Throws: `MediaError.damaged`, or `.wrongSize` where the picture's size changes within the video.
  package func next() throws -> Picture? {
    FFmpegLog.begin()
    while true {
      let code = avcodec_receive_frame(codec.pointer, frame.pointer)
      if code == averrorEndOfFile { return nil }
      if code >= 0 { return try picture() }
      guard code == averrorAgain else { throw MediaError.damaged(path: file.path, reason: reason(of: code)) }
      try feed()
    }
  }

  /// The current frame, upright.
  private func picture() throws -> Picture {
    defer { av_frame_unref(frame.pointer) }
    let swaps = orientation.swapsSides
    guard frame.width == (swaps ? height : width), frame.height == (swaps ? width : height) else {
      throw MediaError.wrongSize(
        what: "a frame of \(file.path)", expected: "\(width)×\(height) as the first",
        found: "\(frame.width)×\(frame.height)")
    }
    return try frame.picture(file.path).turned(orientation)
  }

  /// Gives the decoder the next packet of the video's stream, or the end.
  private func feed() throws {
    while !isDraining {
      let code = av_read_frame(file.pointer, packet.pointer)
      defer { av_packet_unref(packet.pointer) }
      if code == averrorEndOfFile {
        isDraining = true
        avcodec_send_packet(codec.pointer, nil)
        return
      }
      guard code >= 0 else { throw MediaError.damaged(path: file.path, reason: reason(of: code)) }
      guard packet.pointer.pointee.stream_index == streamIndex else { continue }
      let sent = avcodec_send_packet(codec.pointer, packet.pointer)
      guard sent >= 0 else { throw MediaError.damaged(path: file.path, reason: reason(of: sent)) }
      return
    }
    throw MediaError.damaged(path: file.path, reason: "the decoder waits for more after the end")
  }

  /// The turn that a telephone's video asks for, from its display matrix.
  private static func orientation(of stream: UnsafeMutablePointer<AVStream>) -> Orientation {
    var size = 0
    guard let bytes = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else {
      return .upright
    }
    let matrix = bytes.withMemoryRebound(to: Int32.self, capacity: 9) {
      Array(UnsafeBufferPointer(start: $0, count: 9))
    }
    return Orientation(displayMatrix: matrix)
  }
}
