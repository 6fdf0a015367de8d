/// The format of a file, by its first bytes; its name says nothing.
enum TensorFormat {
  case safetensors
  case torch
  case gguf
  /// Another kind of file, in words, and advice on what to do.
  case other(String, hint: String)

  private static let redo = "Download it again; a name behind a login or a licence needs a token."
  private static let convert = "Look for the same model as safetensors or as a PyTorch file."

  /// Beginnings that give a file away.
  private static let beginnings: [(bytes: [UInt8], format: TensorFormat)] = [
    (ZipDirectory.signature, .torch),
    // An empty zip archive.
    ([0x50, 0x4B, 0x05, 0x06], .other("an empty zip archive", hint: redo)),
    (
      Array("version https://git-lfs".utf8),
      .other("a git-LFS pointer in place of the file itself", hint: "Fetch the file: git lfs pull.")
    ),
    (GGUFHeader.signature, .gguf),
    ([0x89, 0x48, 0x44, 0x46], .other("an HDF5 file", hint: convert)),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], .other("a NumPy file", hint: convert)),
    ([0x89, 0x50, 0x4E, 0x47], .other("a PNG picture", hint: "Name a file of weights.")),
    ([0xFF, 0xD8, 0xFF], .other("a JPEG picture", hint: "Name a file of weights.")),
    ([0x1A, 0x45, 0xDF, 0xA3], .other("a WebM or Matroska video", hint: "Name a file of weights.")),
    (Array("RIFF".utf8), .other("a WebP picture, a sound or a video", hint: "Name a file of weights.")),
    (Array("GIF8".utf8), .other("a GIF picture", hint: "Name a file of weights.")),
    ([0x1F, 0x8B], .other("compressed with gzip", hint: "Unpack it with gunzip.")),
    ([0x37, 0x7A, 0xBC, 0xAF], .other("a 7-Zip archive", hint: "Unpack it.")),
  ]

  init(_ bytes: UnsafeRawBufferPointer) {
    if bytes.isEmpty {
      self = .other("an empty file", hint: Self.redo)
    } else if Self.isSafetensors(bytes) {
      self = .safetensors
    } else if let known = Self.beginnings.first(where: { bytes.starts(with: $0.bytes) }) {
      self = known.format
    } else if bytes.count > 12, bytes[4..<8].elementsEqual("ftyp".utf8) {
      self = .other("an MP4 video or an AVIF picture", hint: "Name a file of weights.")
    } else if bytes.count >= 2, bytes[0] == 0x80, (1...5).contains(bytes[1]) {
      // A pickle of protocol 1 to 5: PyTorch before 1.6.
      self = .torch
    } else if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      self = .other(
        "a tar archive", hint: "PyTorch before 0.1.10 wrote such; load it there and save it again, or unpack it.")
    } else {
      self = Self.text(bytes) ?? .safetensors
    }
  }

  /// A header below 4 GB, then its brace: whatever else the low bytes of its length happen to spell.
  private static func isSafetensors(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 8 && bytes[4..<8].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> TensorFormat? {
    let start = bytes.prefix(64).drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    let words = String(decoding: start.prefix(16), as: UTF8.self).lowercased()
    if words.hasPrefix("<!doctype") || words.hasPrefix("<html") || words.hasPrefix("<?xml") || words.hasPrefix("<head")
    {
      return .other("a web page", hint: redo)
    }
    if words.hasPrefix("{") || words.hasPrefix("[") {
      return .other("JSON text", hint: "Name the file of weights that it belongs to.")
    }
    return nil
  }
}

/// Opens a file of named tensors by its content: safetensors, GGUF, or what `torch.save` writes,
/// whatever the name ends in.
///
/// What a training put before all names is left out.
///
/// - Throws: `TensorFileError`, which says what the file is if it is something else.
package func openTensorFile(_ path: String) throws -> any TensorReader {
  let mapping = try MappedFile(path: path)
  func unwrapped(_ reader: any TensorReader) throws -> any TensorReader {
    let scaled: any TensorReader = try ScaledReader(reader) ?? reader
    return UnwrappedReader(scaled) ?? scaled
  }
  switch TensorFormat(mapping.bytes) {
  case .safetensors: return try unwrapped(SafetensorsFile(mapping))
  case .torch: return try unwrapped(TorchFile(mapping))
  case .gguf: return try unwrapped(GGUFFile(mapping))
  case .other(let format, let hint): throw TensorFileError.unsupportedFormat(file: path, format: format, hint: hint)
  }
}
