import NegativeSpaceCFFmpeg

/// The place of halved colour samples between the pixels of one axis.
enum ChromaPlacement {
  /// In the middle of two pixels, as in JPEG on both axes and in MPEG from top to bottom.
  case between
  /// On the first of two pixels, as in MPEG from left to right.
  case onFirst

  /// The two sample indices that pixel `place` lies between, and the quarters that the first one weighs.
  ///
  /// Linear interpolation; at the edges both indices are the same sample.
  func neighbours(of place: Int, count: Int) -> (near: Int, far: Int, quarters: Int32) {
    let near = place / 2
    switch self {
    case .between:
      let far = place % 2 == 0 ? near - 1 : near + 1
      return (near, max(0, min(count - 1, far)), 3)
    case .onFirst:
      return place % 2 == 0 ? (near, near, 4) : (near, min(count - 1, near + 1), 2)
    }
  }
}

/// The rounding of interpolated samples: a bias before the shift, in sixteenths.
enum ChromaRounding {
  /// Halves up.
  case nearest
  /// libjpeg's alternation (`h2v1_fancy_upsample`, `h2v2_fancy_upsample` in jdsample.c), so that JPEG files read as
  /// everywhere else.
  case jpeg

  func bias(column: Int, hasHalvedRows: Bool) -> Int32 {
    switch self {
    case .nearest: 8
    case .jpeg: hasHalvedRows ? (column % 2 == 0 ? 8 : 7) : (column % 2 == 0 ? 4 : 8)
    }
  }
}
