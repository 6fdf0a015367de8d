/// Something that can be shown: one emoji and its English name.
package struct Concept: Sendable, Hashable {
  package let scalar: Unicode.Scalar
  /// As in the Unicode CLDR, lower case: "red apple".
  package let name: String

  package init(_ scalar: Unicode.Scalar, _ name: String) {
    self.scalar = scalar
    self.name = name
  }

  package static func named(_ name: String) -> Concept? {
    byName[name]
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
