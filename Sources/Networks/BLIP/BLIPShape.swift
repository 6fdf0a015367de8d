/// Sizes of BLIP's two towers (arXiv:2201.12086); heads are 64 wide in all published ones.
package struct BLIPShape: Sendable, Hashable {
  /// Sizes of one transformer.
  package struct Tower: Sendable, Hashable {
    package var width: Int
    package var innerWidth: Int
    package var layers: Int

    package init(width: Int, innerWidth: Int, layers: Int) {
      (self.width, self.innerWidth, self.layers) = (width, innerWidth, layers)
    }

    var heads: Int { max(1, width / 64) }
  }

  package var vision: Tower
  package var text: Tower
  /// Height and width of the pictures and of their patches, in pixels.
  package var imageSize: Int
  package var patchSize: Int
  /// Entries of the vocabulary, and tokens of a text at most.
  package var vocabulary: Int
  package var positions: Int

  package init(vision: Tower, text: Tower, imageSize: Int, patchSize: Int, vocabulary: Int, positions: Int) {
    (self.vision, self.text) = (vision, text)
    (self.imageSize, self.patchSize) = (imageSize, patchSize)
    (self.vocabulary, self.positions) = (vocabulary, positions)
  }
}
