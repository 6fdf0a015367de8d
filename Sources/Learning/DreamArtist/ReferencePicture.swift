import NegativeSpaceMedia
import NegativeSpaceNetworks
public import NegativeSpacePipelines
import NegativeSpaceTensors

/// A picture to learn from, with what of it counts.
public struct ReferencePicture: Sendable, Hashable {
  /// The picture, of any size: its shorter side is fitted, its middle is taken.
  public let frame: Frame
  /// How much each place counts, a grey picture of the same size: black not at all, grey 127 as without it, white five
  /// times as much; nil counts all alike.
  public let attention: Frame?
  /// Its name, for messages and the learned words' notes.
  public let name: String

  /// A picture in memory.
  public init(_ frame: Frame, attention: Frame? = nil, name: String = "a picture in memory") {
    (self.frame, self.attention, self.name) = (frame, attention, name)
  }

  /// Reads picture files; alpha is dropped.
  ///
  /// - Throws: `MediaError` with the file's name.
  public init(contentsOf path: String, attention: String? = nil) throws {
    self.init(
      try Frame(contentsOf: path), attention: try attention.map { try Frame(contentsOf: $0) },
      name: path.split(separator: "/").last.map(String.init) ?? path)
  }
}

extension ReferencePicture {
  /// What fitting does to it, in a sentence; nil where it has the size already.
  func note(width: Int, height: Int) -> String? {
    guard frame.width != width || frame.height != height else { return nil }
    let isCut = frame.width * height != frame.height * width
    return "\(name) is \(frame.width)×\(frame.height): it is resized"
      + (isCut ? ", and its middle of \(width)×\(height) is learned from." : " to \(width)×\(height).")
  }

  /// (1, height, width, 3) in −1…1.
  func fitted(width: Int, height: Int) -> Tensor {
    let picture = frame.picture.filling(width: width, height: height)
    return Tensor(picture.floats(.signed), shape: [1, height, width, 3])
  }

  /// Refuses attention by which nothing counts, so that nothing would be learned.
  ///
  /// - Throws: `LearningError.setting`.
  func requireAttention() throws {
    guard let attention, !attention.picture.luma.contains(where: { $0 > 0 }) else { return }
    throw LearningError.setting(
      "attention", found: "black everywhere", expected: "a picture that is lighter where the picture counts")
  }

  /// Weights (1, h, w, 1) for latents of a picture of `width` by `height`; nil where all count alike.
  ///
  /// - Throws: `LearningError.setting` for another size than the picture's.
  func weights(width: Int, height: Int, factor: Int) throws -> Tensor? {
    guard let attention else { return nil }
    guard attention.width == frame.width, attention.height == frame.height else {
      throw LearningError.setting(
        "attention", found: "\(attention.width)×\(attention.height)",
        expected: "\(frame.width)×\(frame.height), the size of \(name)")
    }
    let (columns, rows) = (width / factor, height / factor)
    let small = attention.picture.filling(width: width, height: height)
      .resized(width: columns, height: rows, filter: .bicubic)
    return Tensor(small.luma.map(Self.weight), shape: [1, rows, columns, 1])
  }

  /// 0 → 0, 127 → 1, 255 → 5, straight between.
  static func weight(_ grey: UInt8) -> Float {
    grey <= 127 ? Float(grey) / 127 : 1 + 4 * Float(grey - 127) / 128
  }
}
