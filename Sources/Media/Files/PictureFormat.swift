import NegativeSpaceCFFmpeg

/// A still picture's file format.
package enum PictureFormat: String, Sendable, CaseIterable {
  case png, jpeg, webp, bmp, gif, tiff, portableAnymap

  /// The format that a file's first bytes announce, or nil.
  package init?(startingWith bytes: some Collection<UInt8>) {
    let start = Array(bytes.prefix(12))
    if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if start.starts(with: "RIFF".utf8), start.dropFirst(8).elementsEqual("WEBP".utf8) {
      self = .webp
    } else if start.starts(with: "GIF8".utf8) {
      self = .gif
    } else if start.starts(with: [0x49, 0x49, 0x2A, 0x00]) || start.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
      self = .tiff
    } else if start.starts(with: "BM".utf8), start.count == 12, start[6...9].allSatisfy({ $0 == 0 }) {
      self = .bmp
    } else if start.count > 2, start[0] == 0x50, (0x31...0x36).contains(start[1]), [9, 10, 13, 32].contains(start[2]) {
      self = .portableAnymap
    } else {
      return nil
    }
  }

  /// The format that a name's ending asks for; only those that are written here.
  /// - Throws: `MediaError.unknownExtension`.
  package init(forWriting path: String) throws {
    let name = path.split(separator: "/").last ?? ""
    switch name.contains(".") ? name.split(separator: ".").last?.lowercased() : nil {
    case "png": self = .png
    case "jpg", "jpeg", "jpe": self = .jpeg
    case "webp": self = .webp
    default: throw MediaError.unknownExtension(path: path, expected: ".png, .jpg or .webp")
    }
  }

  /// The formats that are read, in words.
  static let readable = "a PNG, JPEG, WebP, BMP, GIF, TIFF or PPM picture"

  /// Its name, for people.
  var name: String {
    switch self {
    case .png, .jpeg, .bmp, .gif, .tiff: rawValue.uppercased()
    case .webp: "WebP"
    case .portableAnymap: "PPM"
    }
  }

  /// FFmpeg's decoder for it, given the file's first bytes.
  func codec(startingWith bytes: [UInt8]) -> AVCodecID {
    switch self {
    case .png: AV_CODEC_ID_PNG
    case .jpeg: AV_CODEC_ID_MJPEG
    case .webp: AV_CODEC_ID_WEBP
    case .bmp: AV_CODEC_ID_BMP
    case .gif: AV_CODEC_ID_GIF
    case .tiff: AV_CODEC_ID_TIFF
    case .portableAnymap:
      switch bytes.count > 1 ? bytes[1] : 0 {
      case 0x31, 0x34: AV_CODEC_ID_PBM
      case 0x32, 0x35: AV_CODEC_ID_PGM
      default: AV_CODEC_ID_PPM
      }
    }
  }
}
