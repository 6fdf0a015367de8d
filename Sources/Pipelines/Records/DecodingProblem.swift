/// The problem that stopped a decoder, in words: the key or the place, and why.
func decodingProblem(_ error: any Error) -> String {
  switch error {
  case DecodingError.keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
  case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
    DecodingError.dataCorrupted(let context):
    "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
  default: "\(error)"
  }
}
