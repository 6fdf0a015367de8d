import NegativeSpaceCFFmpeg

/// A container of moving pictures being written.
final class OutputContainer {
  private let pointer: UnsafeMutablePointer<AVFormatContext>
  private let stream: UnsafeMutablePointer<AVStream>
  private let path: String

  /// Writes the header into `file`; `path` is the output as messages name it.
  /// - Throws: `MediaError.cannotWrite`.
  init(file: String, for path: String, _ format: VideoFormat, _ encoder: Codec, _ metadata: ContainerMetadata) throws {
    self.path = path
    var context: UnsafeMutablePointer<AVFormatContext>?
    // The prefix keeps names with a colon from being taken for a protocol.
    let url = "file:" + file
    let preparing = "preparing the container"
    try check(avformat_alloc_output_context2(&context, nil, format.rawValue, url), preparing, path)
    let pointer = try check(context, preparing, path)
    self.pointer = pointer
    guard let stream = avformat_new_stream(pointer, nil) else {
      avformat_free_context(pointer)
      throw MediaError.codec(operation: preparing, path: path, code: -12, reason: "out of memory")
    }
    self.stream = stream
    // From here on the object is whole, so that deinit frees it when something throws.
    pointer.pointee.flags |= formatBitExact
    stream.pointee.time_base = encoder.pointer.pointee.time_base
    stream.pointee.avg_frame_rate = encoder.pointer.pointee.framerate
    try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder.pointer), preparing, path)
    set(metadata)
    try checkWriting(avio_open(&pointer.pointee.pb, url, ioWrite))
    let options = TextDictionary(format.muxing)
    try checkWriting(avformat_write_header(pointer, &options.pointer))
  }

  /// Replaces the texts; they are written with the index, at the end.
  func set(_ metadata: ContainerMetadata) {
    av_dict_free(&pointer.pointee.metadata)
    for (key, text) in metadata.entries { av_dict_set(&pointer.pointee.metadata, key, text, 0) }
  }

  /// Adds one packet; its times are in the encoder's base.
  func write(_ packet: Packet, from encoder: Codec) throws {
    packet.pointer.pointee.stream_index = stream.pointee.index
    if packet.pointer.pointee.duration == 0 { packet.pointer.pointee.duration = 1 }
    av_packet_rescale_ts(packet.pointer, encoder.pointer.pointee.time_base, stream.pointee.time_base)
    try checkWriting(av_interleaved_write_frame(pointer, packet.pointer))
  }

  /// Writes the index and closes the file.
  ///
  /// A refusal by the disk may only show here.
  func finish() throws {
    try checkWriting(av_write_trailer(pointer))
    let pending = pointer.pointee.pb?.pointee.error ?? 0
    let closed = avio_closep(&pointer.pointee.pb)
    try checkWriting(pending)
    try checkWriting(closed)
  }

  deinit {
    avio_closep(&pointer.pointee.pb)
    avformat_free_context(pointer)
  }

  private func checkWriting(_ code: Int32) throws {
    guard code < 0 else { return }
    throw MediaError.cannotWrite(path: path, reason: reason(of: code))
  }
}
