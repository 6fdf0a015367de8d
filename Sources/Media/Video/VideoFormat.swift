import NegativeSpaceCFFmpeg

/// A file format of moving pictures that is written here.
package enum VideoFormat: String, Sendable, CaseIterable {
  /// H.264, for everything that plays videos.
  case mp4
  /// VP9, for the web.
  case webm
  /// Moving pictures that pages and messages show by themselves; GIF has 256 colours a frame, WebP little loss, APNG
  /// none.
  case gif, webp, apng

  /// The format that a name's ending asks for.
  ///
  /// - Throws: `MediaError.unknownExtension`.
  package init(forWriting path: String) throws {
    let name = path.split(separator: "/").last ?? ""
    switch name.contains(".") ? name.split(separator: ".").last?.lowercased() : nil {
    case "mp4", "m4v": self = .mp4
    case "webm": self = .webm
    case "gif": self = .gif
    case "webp": self = .webp
    case "apng": self = .apng
    default: throw MediaError.unknownExtension(path: path, expected: ".mp4, .webm, .gif, .webp or .apng")
    }
  }

  /// Whether colours have half the columns and rows, so that these must be even.
  var halvesColours: Bool { self == .mp4 || self == .webm }

  /// FFmpeg's encoder, by its name in the library and for people.
  var encoder: (name: String, title: String) {
    switch self {
    case .mp4: ("libx264", "libx264 (H.264 encoder)")
    case .webm: ("libvpx-vp9", "libvpx-vp9 (VP9 encoder)")
    case .gif: ("gif", "gif (encoder)")
    case .webp: ("libwebp_anim", "libwebp_anim (encoder of moving WebP)")
    case .apng: ("apng", "apng (encoder)")
    }
  }

  var pixels: AVPixelFormat {
    switch self {
    case .mp4, .webm: AV_PIX_FMT_YUV420P
    case .gif: AV_PIX_FMT_PAL8
    case .webp: AV_PIX_FMT_BGRA
    case .apng: AV_PIX_FMT_RGB24
    }
  }

  /// Settings of FFmpeg's muxer, which is called like the format: all that moves without sound plays again and again.
  var muxing: [String: String] {
    switch self {
    case .mp4: ["movflags": "+faststart+use_metadata_tags"]
    case .webm: [:]
    case .gif, .webp: ["loop": "0"]
    case .apng: ["plays": "0"]
    }
  }

  /// Settings of the encoder.
  func encoding(_ options: VideoOptions) -> [String: String] {
    switch self {
    // x264's macroblock tree reads memory it never wrote (seen in version 164), so that equal frames make unequal
    // bytes. Without it a file is a tenth to a quarter larger.
    case .mp4: ["crf": "\(options.quality)", "preset": options.preset.rawValue, "mbtree": "0"]
    // VP9 counts to 63 where x264 counts to 51.
    case .webm:
      ["crf": "\(options.quality * 63 / 51)", "b": "0", "deadline": "good", "cpu-used": "2", "auto-alt-ref": "0"]
    case .gif: [:]
    case .webp: ["quality": "\(Picture.usualQuality)", "compression_level": "4"]
    case .apng: ["pred": "mixed"]
    }
  }
}
