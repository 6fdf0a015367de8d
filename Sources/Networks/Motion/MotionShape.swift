/// The sizes of the layers along time that AnimateDiff puts into a UNet.
package struct MotionShape: Sendable {
  package var heads: Int
  /// Transformer blocks in a row.
  package var depth: Int
  /// Frames that the table of positions has rows for.
  package var length: Int
}
