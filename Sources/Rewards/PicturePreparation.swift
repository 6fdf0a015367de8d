package import NegativeSpaceTensors

/// Preparation of pictures of any size as a vision tower was trained on them; differentiable.
///
/// torchvision's `Resize(size, BICUBIC, antialias=True)` on tensors, `CenterCrop(size)`, `Normalize`. The authors' own
/// evaluations resize PIL pictures, which rounds to bytes after each pass; scores differ from theirs in the third
/// digit.
package struct PicturePreparation: Sendable, Hashable {
  /// The way to a tower's size.
  package enum Resizing: String, Sendable, CaseIterable {
    /// The shorter side by bicubic interpolation, then the middle.
    case bicubic
    /// All of the picture, as means over cells (`adaptive_avg_pool2d`): TextCraftor's own scores.
    case pooled
  }

  /// Height and width of the result.
  package let size: Int
  /// Mean of red, green and blue, which is subtracted.
  package let mean: [Float]
  /// Deviation of red, green and blue, by which the rest is divided.
  package let deviation: [Float]
  package var resizing = Resizing.bicubic

  package init(size: Int, mean: [Float] = clipMean, deviation: [Float] = clipDeviation) {
    precondition(mean.count == 3 && deviation.count == 3, "preparation: \(mean) and \(deviation) are not three colours")
    (self.size, self.mean, self.deviation) = (size, mean, deviation)
  }

  /// OpenAI's CLIP, and all that build on it.
  package static let clipMean: [Float] = [0.48145466, 0.4578275, 0.40821073]
  package static let clipDeviation: [Float] = [0.26862954, 0.26130258, 0.27577711]

  /// (N, H, W, 3) in [0, 1] to (N, size, size, 3).
  package func callAsFunction(_ pictures: Tensor) -> Tensor {
    let square = resizing == .bicubic ? middle(of: resized(pictures)) : pooled(pictures)
    return (square - Tensor(mean, shape: [3])) / Tensor(deviation, shape: [3])
  }

  /// The square in the middle.
  private func middle(of resized: Tensor) -> Tensor {
    let (h, w) = (resized.size(1), resized.size(2))
    // Python rounds halves to even.
    let top = Int((Float(h - size) / 2).rounded(.toNearestOrEven))
    let left = Int((Float(w - size) / 2).rounded(.toNearestOrEven))
    return resized.slice(axis: 1, from: top, to: top + size).slice(axis: 2, from: left, to: left + size)
  }

  private func pooled(_ pictures: Tensor) -> Tensor {
    pictures.size(1) == size && pictures.size(2) == size
      ? pictures : pictures.adaptiveAveragePooled(height: size, width: size)
  }

  /// The shorter side to `size`, the other in proportion, rounded down.
  private func resized(_ pictures: Tensor) -> Tensor {
    let (h, w) = (pictures.size(1), pictures.size(2))
    if min(h, w) == size { return pictures }
    let (height, width) = h <= w ? (size, size * w / h) : (size * h / w, size)
    return pictures.interpolated(height: height, width: width, mode: .bicubic, antialias: true)
  }
}
