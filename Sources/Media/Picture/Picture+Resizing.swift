/// The filter that weighs a resized pixel's neighbours.
package enum ResizingFilter: Sendable, CaseIterable {
  case box, bilinear, bicubic, lanczos

  /// Reach of the filter, in source pixels (in target pixels when making smaller).
  var support: Double {
    switch self {
    case .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight at distance `x`.
  ///
  /// Bicubic has a = -0.5 (Keys, 1981), Lanczos three lobes.
  func weight(_ x: Double) -> Double {
    let distance = abs(x)
    switch self {
    case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear: return distance < 1 ? 1 - distance : 0
    case .bicubic:
      let a = -0.5
      if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
      return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0
    case .lanczos: return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
  }
}

extension Picture {
  /// The picture at another size, antialiased.
  ///
  /// The same bytes as Pillow's `Image.resize((width, height), filter)`: columns first, then rows, with weights in
  /// 22-bit fixed point and a rounding to 0…255 in between, so that diffusers' preprocessing is met exactly.
  package func resized(width newWidth: Int, height newHeight: Int, filter: ResizingFilter = .lanczos) -> Picture {
    precondition(newWidth > 0 && newHeight > 0, "resized: \(newWidth)×\(newHeight): both sides must be above 0")
    var result = pixels
    if newWidth != width {
      let weights = ResizingWeights(from: width, to: newWidth, filter)
      // (height, width, 3) → (height, newWidth, 3)
      result = weights.apply(to: result, outer: height, inner: 3)
    }
    if newHeight != height {
      let weights = ResizingWeights(from: height, to: newHeight, filter)
      // (1, height, newWidth · 3) → (1, newHeight, newWidth · 3)
      result = weights.apply(to: result, outer: 1, inner: newWidth * 3)
    }
    return Picture(width: newWidth, height: newHeight, pixels: result)
  }

  /// The picture enlarged by a whole number with Lanczos.
  package func scaled(by factor: Int) -> Picture {
    precondition(factor > 0, "scaled: the factor \(factor) must be above 0")
    return factor == 1 ? self : resized(width: width * factor, height: height * factor)
  }
}
