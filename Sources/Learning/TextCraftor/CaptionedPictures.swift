import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceTensors

/// Pictures with what they show, in a folder.
///
/// Captions stand in a `metadata.jsonl` (lines with `file_name` and `text`), as the data sets of Hugging Face have it, or
/// beside each picture in a text file of its name.
public struct CaptionedPictures: Sendable, Hashable {
  /// A picture and its caption.
  struct Item: Sendable, Hashable {
    let path: String
    let caption: String
  }

  /// The folder.
  public let folder: String
  let items: [Item]

  /// The captions, in the order of the pictures' names.
  public var captions: [String] { items.map(\.caption) }

  private static let endings = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "ppm"]

  /// Finds the pictures of a folder and their captions; the pictures are read when they are used.
  ///
  /// - Throws: `LearningError.setting` for pictures without captions, and captions without pictures; `ModelError`.
  public init(folder: String) throws {
    self.folder = folder
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw ModelError.unreadable(path: folder, reason: systemReason(error))
    }
    func refused(_ found: String) -> LearningError {
      .setting("pictures", found: "\(folder), \(found)", expected: Self.expected)
    }
    let list = "\(folder)/metadata.jsonl"
    let captions: [String: String]
    if FileManager.default.fileExists(atPath: list) {
      captions = try Self.captions(inList: list)
      let missing = captions.keys.filter { !FileManager.default.fileExists(atPath: "\(folder)/\($0)") }.sorted()
      if let first = missing.first { throw refused("whose metadata.jsonl names \(first), which is not there") }
    } else {
      let pictures = names.filter { Self.endings.contains($0.pathEnding.lowercased()) }
      var found: [String: String] = [:]
      for name in pictures {
        let text = "\(folder)/\(name.withoutEnding).txt"
        guard let caption = try? String(contentsOfFile: text, encoding: .utf8) else {
          throw refused("where \(name) has no caption")
        }
        found[name] = caption
      }
      captions = found
    }
    items = captions.sorted { $0.key < $1.key }.map { name, caption in
      Item(path: "\(folder)/\(name)", caption: caption.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    guard !items.isEmpty else { throw refused("without pictures") }
  }

  private static let expected =
    "pictures with a text file of its name beside each, or a metadata.jsonl with file_name and text in every line"

  private static func captions(inList path: String) throws -> [String: String] {
    let text = String(decoding: try ConfigFile.contents(ofFile: path, limit: 1 << 30), as: UTF8.self)
    var captions: [String: String] = [:]
    for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
      let fields = try ConfigFile(parsing: Data(line.utf8), file: "\(path), line \(index + 1)")
      guard case .string(let name) = fields["file_name"], case .string(let caption) = fields["text"] else {
        throw LearningError.setting(
          "pictures", found: "\(path) without file_name and text in line \(index + 1)", expected: expected)
      }
      captions[name] = caption
    }
    return captions
  }
}

extension CaptionedPictures.Item {
  /// The picture's middle at a size, (1, height, width, 3) in −1…1.
  ///
  /// - Throws: `MediaError`.
  func tensor(width: Int, height: Int) throws -> Tensor {
    let picture = try Picture(contentsOf: path)
    let scale = max(Double(width) / Double(picture.width), Double(height) / Double(picture.height))
    let wide = max(width, Int((Double(picture.width) * scale).rounded()))
    let high = max(height, Int((Double(picture.height) * scale).rounded()))
    let whole = Tensor(
      picture.resized(width: wide, height: high).floats(.signed), shape: [1, high, wide, 3])
    let (left, top) = ((wide - width) / 2, (high - height) / 2)
    return whole.slice(axis: 1, from: top, to: top + height).slice(axis: 2, from: left, to: left + width)
  }
}
