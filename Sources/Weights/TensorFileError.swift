/// Why a file of tensors cannot be read or written.
package enum TensorFileError: Error, Hashable {
  case unreadable(file: String, reason: String)
  /// A format that this package knows of and does not read.
  case unsupportedFormat(file: String, format: String, hint: String)
  /// The file ends before what its beginning promises.
  case truncated(file: String, bytes: Int, needed: UInt64)
  case headerTooLarge(file: String, bytes: UInt64, limit: Int)
  /// The header is not the JSON that it should be, at this byte of the file.
  case malformedHeader(file: String, reason: String, byte: Int)
  /// Bytes that are not what their format asks for.
  case damaged(file: String, format: String, reason: String, byte: Int)
  case unknownType(file: String, tensor: String, type: String)
  /// An element type of ggml that is not read.
  case unreadType(file: String, tensor: String, type: String, read: [String])
  /// Shape, type and place in the file contradict each other.
  case malformedTensor(file: String, tensor: String, reason: String)
  case overlapping(file: String, tensor: String, other: String)
  /// Bytes that belong to no tensor.
  case uncovered(file: String, from: Int, to: Int)
  case missingTensor(file: String, tensor: String)
  case wrongType(file: String, tensor: String, found: String, expected: String)
  /// Two files of one set hold the same tensor.
  case duplicateTensor(file: String, tensor: String, other: String)
  case unwritable(file: String, reason: String)
}

extension TensorFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "Cannot read \(file): \(reason)."
    case .unsupportedFormat(let file, let format, let hint): "\(file) is \(format), which cannot be read. \(hint)"
    case .truncated(let file, let bytes, let needed):
      "\(file) is cut short: it has \(bytes) bytes and needs \(needed). Download or copy it again."
    case .headerTooLarge(let file, let bytes, let limit):
      "\(file) announces a header of \(bytes) bytes, more than \(limit). Is it a safetensors file?"
    case .malformedHeader(let file, let reason, let byte):
      "The header of \(file) is malformed at byte \(byte): \(reason). Is it a safetensors file, and whole?"
    case .damaged(let file, let format, let reason, let byte):
      "\(file) is no valid \(format): at byte \(byte), \(reason). It is cut short or damaged; download or copy it again."
    case .unknownType(let file, let tensor, let type):
      "\(file): \(tensor) has the element type \"\(type)\", which is not known."
    case .unreadType(let file, let tensor, let type, let read):
      "\(file): \(tensor) has ggml's element type \(type), which cannot be read. These can: "
        + "\(read.joined(separator: ", ")). Look for the same model in one of them."
    case .malformedTensor(let file, let tensor, let reason):
      "\(file): \(tensor) is malformed: \(reason). The file is damaged; download or copy it again."
    case .overlapping(let file, let tensor, let other):
      "\(file): \(tensor) and \(other) share bytes. The file is damaged; download or copy it again."
    case .uncovered(let file, let from, let to):
      "\(file): the bytes \(from) to \(to) belong to no tensor. The file is damaged; download or copy it again."
    case .missingTensor(let file, let tensor): "\(file) has no tensor \(tensor)."
    case .wrongType(let file, let tensor, let found, let expected):
      "\(file): \(tensor) holds \(found), expected \(expected)."
    case .duplicateTensor(let file, let tensor, let other):
      "\(tensor) is in \(file) and again in \(other); which one counts is not defined."
    case .unwritable(let file, let reason): "Cannot write \(file): \(reason)."
    }
  }
}
