import Foundation
import NegativeSpacePipelines
import NegativeSpaceWeights

/// A file with one prompt a line, or standard input.
struct PromptList {
  /// The prompts, in order; empty lines are left out.
  let texts: [String]
  /// Name of the list.
  let name: String

  /// Bytes of a list at most.
  private static let limit = 64 << 20

  /// - Parameters:
  ///   - path: `-` is standard input.
  ///   - lines: what its lines are, for messages.
  /// - Throws: `ModelError.unreadable`.
  init(path: String, lines: String = "line with a prompt") throws {
    if path != "-" { _ = try existingKind(path) }
    let data: Data
    do {
      let file =
        try path == "-" ? FileHandle.standardInput : FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      data = try file.read(upToCount: Self.limit + 1) ?? Data()
    } catch {
      throw ModelError.unreadable(path: path, reason: systemReason(error))
    }
    guard data.count <= Self.limit else {
      throw ModelError.unreadable(path: path, reason: "it has more than \(Self.limit >> 20) MiB")
    }
    guard let text = String(marked: data), !text.unicodeScalars.contains("\0") else {
      throw ModelError.unreadable(path: path, reason: "it is not UTF-8 text, nor UTF-16 with a byte order mark")
    }
    // Marks in the middle are of files that were joined, and DOS ended texts by a character of its own.
    let plain = text.filter { !["\u{FEFF}", "\u{1A}"].contains($0) }
    texts = plain.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard !texts.isEmpty else { throw ModelError.unreadable(path: path, reason: "it has no \(lines)") }
    name = path == "-" ? "standard input" : URL(fileURLWithPath: path).lastPathComponent
  }
}

extension String {
  /// UTF-8 text, or UTF-16 text behind a byte order mark, as editors on Windows write them; nil for anything else.
  ///
  /// A mark is no part of the text.
  init?(marked data: Data) {
    let bytes = Array(data)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      self.init(validating: bytes.dropFirst(3), as: UTF8.self)
      return
    }
    let isLittle = bytes.starts(with: [0xFF, 0xFE])
    guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else {
      self.init(validating: bytes, as: UTF8.self)
      return
    }
    guard bytes.count % 2 == 0 else { return nil }
    let units = stride(from: 2, to: bytes.count, by: 2).map { place in
      let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
      return isLittle ? first | second << 8 : first << 8 | second
    }
    self.init(validating: units, as: UTF16.self)
  }
}
