package import Foundation

/// The order in which keys stand in a JSON text, which objects here do not keep.
package enum JSONKeyOrder {
  /// The keys of the objects in the text's outermost object, by the keys that lead to them; empty for what is no object.
  package static func keys(in data: Data) -> [String: [String]] {
    data.withUnsafeBytes { bytes in
      var order: [String: [String]] = [:]
      var scanner = JSONScanner(bytes)
      scanner.skipByteOrderMark()
      do throws(JSONScanner.Failure) {
        try scanner.object { key, scanner throws(JSONScanner.Failure) in
          guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
          var keys: [String] = []
          try scanner.object { inner, scanner throws(JSONScanner.Failure) in
            keys.append(inner)
            try scanner.skipValue()
          }
          order[key] = keys
        }
      } catch { return [:] }
      return order
    }
  }
}
