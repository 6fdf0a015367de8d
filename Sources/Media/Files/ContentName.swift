/// What a file is by its first bytes, in words, for messages about a file of the wrong kind.
enum ContentName {
  /// - Returns: nil for what is not known.
  static func of(_ start: [UInt8]) -> String? {
    if let picture = PictureFormat(startingWith: start) { return "a \(picture.name) picture" }
    func has(_ text: String, at place: Int = 0) -> Bool { start.dropFirst(place).starts(with: text.utf8) }
    if has("ftyp", at: 4) {
      return has("avif", at: 8) || has("heic", at: 8) ? "an AVIF or HEIC picture" : "an MP4 video"
    }
    if start.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return "a WebM or Matroska video" }
    if has("RIFF"), has("AVI ", at: 8) { return "an AVI video" }
    if has("II+\0") || has("MM\0+") { return "a BigTIFF picture" }
    if has("PK") { return "a zip archive, or a PyTorch file" }
    if has("GGUF") { return "a GGUF file" }
    if start.count > 8, start[8] == UInt8(ascii: "{") { return "a safetensors file" }
    if has("%PDF") { return "a PDF" }
    let isText = !start.isEmpty && start.allSatisfy { $0 >= 32 || $0 == 9 || $0 == 10 || $0 == 13 }
    return isText ? "a text file" : nil
  }
}
