/// The texts that a picture or a video carries beside its pixels.
package struct ContainerMetadata: Sendable, Equatable {
  /// Texts by key.
  package var texts: [String: String]

  /// Settings that made the picture, as A1111 writes them.
  package var parameters: String? {
    get { texts["parameters"] }
    set { texts["parameters"] = newValue }
  }

  /// Settings that made the picture, as one JSON object of this package.
  package var negspace: String? {
    get { texts["negspace"] }
    set { texts["negspace"] = newValue }
  }

  package init(texts: [String: String] = [:]) { self.texts = texts }

  package init(parameters: String?, negspace: String?) {
    texts = [:]
    self.parameters = parameters
    self.negspace = negspace
  }

  /// The entries in the order in which they are written, without the zero characters that no container can hold.
  var entries: [(key: String, text: String)] {
    texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value.filter { $0 != "\0" }) }
  }
}
