import NegativeSpaceCFFmpeg

// C objects with an owner: freed when the last reference goes, also when an initialiser throws half-way.

/// An `AVFrame`: one picture in any pixel format.
final class Frame {
  let pointer: UnsafeMutablePointer<AVFrame>

  init(_ path: String) throws {
    pointer = try check(av_frame_alloc(), "allocating a frame", path)
  }

  /// A frame with memory for `width` × `height` pixels of `format`.
  convenience init(width: Int, height: Int, format: AVPixelFormat, _ path: String) throws {
    try self.init(path)
    pointer.pointee.width = Int32(width)
    pointer.pointee.height = Int32(height)
    pointer.pointee.format = format.rawValue
    try check(av_frame_get_buffer(pointer, 0), "allocating a frame", path)
  }

  var format: AVPixelFormat { AVPixelFormat(rawValue: pointer.pointee.format) }
  var width: Int { Int(pointer.pointee.width) }
  var height: Int { Int(pointer.pointee.height) }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&frame)
  }
}

/// An `AVPacket`: a piece of encoded data.
final class Packet {
  let pointer: UnsafeMutablePointer<AVPacket>

  init(_ path: String) throws {
    pointer = try check(av_packet_alloc(), "allocating a packet", path)
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&packet)
  }
}

/// An `AVCodecContext`: an encoder or a decoder at work.
final class Codec {
  let pointer: UnsafeMutablePointer<AVCodecContext>
  private let path: String

  /// `codec` is what `avcodec_find_…` found; nil means that this FFmpeg lacks it.
  init(_ codec: UnsafePointer<AVCodec>?, named name: String, _ path: String) throws {
    guard let codec else { throw MediaError.missingCodec(name: name) }
    pointer = try check(avcodec_alloc_context3(codec), "preparing \(name)", path)
    self.path = path
    // One thread: the same bytes on every machine, and errors are reported where they happen.
    pointer.pointee.thread_count = 1
  }

  /// Makes the codec ready; `options` are the codec's own, by name.
  func open(_ options: [String: String] = [:]) throws {
    let dictionary = TextDictionary(options)
    try check(avcodec_open2(pointer, nil, &dictionary.pointer), "opening the codec", path)
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = pointer
    avcodec_free_context(&context)
  }
}

/// An `AVDictionary`: options or texts by name.
final class TextDictionary {
  var pointer: OpaquePointer?

  /// Set in the order of the names, so that what is written does not depend on hashing.
  init(_ texts: [String: String] = [:]) {
    for (key, value) in texts.sorted(by: { $0.key < $1.key }) { av_dict_set(&pointer, key, value, 0) }
  }

  deinit { av_dict_free(&pointer) }

  /// All entries of somebody else's dictionary.
  ///
  /// Bytes that are not UTF-8 become U+FFFD.
  static func texts(of dictionary: OpaquePointer?) -> [String: String] {
    var texts: [String: String] = [:]
    var entry: UnsafeMutablePointer<AVDictionaryEntry>?
    while let next = av_dict_get(dictionary, "", entry, dictionaryIgnoreSuffix) {
      texts[String(cString: next.pointee.key)] = String(cString: next.pointee.value)
      entry = next
    }
    return texts
  }
}
