/// The problem that stopped a decoder, in words: the place, and why.
func decodingProblem(_ error: any Error) -> String {
  switch error {
  case DecodingError.keyNotFound(let key, let context): "\"\(place(context.codingPath + [key]))\" is missing"
  case DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context):
    "\"\(place(context.codingPath))\" is not \(words(for: type))"
  // Foundation calls a number that does not fit invalid JSON, and names no place.
  case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty:
    "it is no valid JSON, or a number in it has a fraction or a size that it cannot have"
  case DecodingError.dataCorrupted(let context): "\"\(place(context.codingPath))\": \(context.debugDescription)"
  default: "\(error)"
  }
}

private func place(_ path: [any CodingKey]) -> String {
  path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
}

/// Names of JSON's kinds of values for Swift's types.
private func words(for type: any Any.Type) -> String {
  switch type {
  case is any FixedWidthInteger.Type: "a whole number"
  case is any BinaryFloatingPoint.Type: "a number"
  case is Bool.Type: "true or false"
  case is String.Type: "a text"
  case is [Any].Type: "a list"
  default: "an object"
  }
}
