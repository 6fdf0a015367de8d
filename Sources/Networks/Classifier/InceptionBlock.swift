import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// Branches over one input, whose channels are joined: torchvision's `InceptionA` to `InceptionE`.
struct InceptionBlock: Sendable {
  /// Branches in the order of their channels.
  private let branches: [@Sendable (Tensor) -> [Tensor]]

  func callAsFunction(_ x: Tensor) -> Tensor { .concatenate(branches.flatMap { $0(x) }, axis: 3) }

  private static func one(_ branch: InceptionBranch) -> @Sendable (Tensor) -> [Tensor] { { [branch($0)] } }

  private static func pooled(
    _ pooling: InceptionPooling, _ convolution: InceptionConvolution
  ) -> @Sendable (Tensor) -> [Tensor] { { [convolution(pooling($0))] } }

  private static let halved: @Sendable (Tensor) -> [Tensor] = { [$0.maxPooled(kernel: 3, stride: 2)] }
}

/// What a block's pooling branch does to windows of 3 × 3 around each pixel.
enum InceptionPooling: Sendable {
  /// Means; what is beyond the border counts as zero, as in torchvision.
  case means
  /// Means of what is within the picture, as in TensorFlow.
  case meansWithin
  case maxima

  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .means: x.averagePooled(kernel: 3, stride: 1, padding: 1)
    case .meansWithin: x.averagePooled(kernel: 3, stride: 1, padding: 1, countsBorder: false)
    case .maxima: x.maxPooled(kernel: 3, stride: 1, padding: 1)
    }
  }
}

extension InceptionBlock {
  /// `InceptionA`: 224 channels and those of the pooling branch.
  static func a(
    _ weights: WeightScope, from inputs: Int, pool: Int, _ pooling: InceptionPooling
  ) throws -> InceptionBlock {
    let unit = units(weights)
    return InceptionBlock(branches: [
      one(InceptionBranch(try unit("branch1x1", inputs, 64, (1, 1)))),
      one(
        InceptionBranch(
          try unit("branch5x5_1", inputs, 48, (1, 1)), try unit("branch5x5_2", 48, 64, (5, 5)))),
      one(
        InceptionBranch(
          try unit("branch3x3dbl_1", inputs, 64, (1, 1)), try unit("branch3x3dbl_2", 64, 96, (3, 3)),
          try unit("branch3x3dbl_3", 96, 96, (3, 3)))),
      pooled(pooling, try unit("branch_pool", inputs, pool, (1, 1))),
    ])
  }

  /// `InceptionB`: halves the size, 288 to 768 channels.
  static func b(_ weights: WeightScope, from inputs: Int) throws -> InceptionBlock {
    let unit = units(weights)
    return InceptionBlock(branches: [
      one(InceptionBranch(try halving(weights["branch3x3"], inputs, 384))),
      one(
        InceptionBranch(
          try unit("branch3x3dbl_1", inputs, 64, (1, 1)), try unit("branch3x3dbl_2", 64, 96, (3, 3)),
          try halving(weights["branch3x3dbl_3"], 96, 96))),
      halved,
    ])
  }

  /// `InceptionC`: 768 channels, kernels of 7 in one direction at a time.
  static func c(_ weights: WeightScope, inner: Int, _ pooling: InceptionPooling) throws -> InceptionBlock {
    let unit = units(weights)
    return InceptionBlock(branches: [
      one(InceptionBranch(try unit("branch1x1", 768, 192, (1, 1)))),
      one(
        InceptionBranch(
          try unit("branch7x7_1", 768, inner, (1, 1)), try unit("branch7x7_2", inner, inner, (1, 7)),
          try unit("branch7x7_3", inner, 192, (7, 1)))),
      one(
        InceptionBranch(
          try unit("branch7x7dbl_1", 768, inner, (1, 1)), try unit("branch7x7dbl_2", inner, inner, (7, 1)),
          try unit("branch7x7dbl_3", inner, inner, (1, 7)), try unit("branch7x7dbl_4", inner, inner, (7, 1)),
          try unit("branch7x7dbl_5", inner, 192, (1, 7)))),
      pooled(pooling, try unit("branch_pool", 768, 192, (1, 1))),
    ])
  }

  /// `InceptionD`: halves the size, 768 to 1280 channels.
  static func d(_ weights: WeightScope) throws -> InceptionBlock {
    let unit = units(weights)
    return InceptionBlock(branches: [
      one(
        InceptionBranch(try unit("branch3x3_1", 768, 192, (1, 1)), try halving(weights["branch3x3_2"], 192, 320))),
      one(
        InceptionBranch(
          try unit("branch7x7x3_1", 768, 192, (1, 1)), try unit("branch7x7x3_2", 192, 192, (1, 7)),
          try unit("branch7x7x3_3", 192, 192, (7, 1)), try halving(weights["branch7x7x3_4"], 192, 192))),
      halved,
    ])
  }

  /// `InceptionE`: 2048 channels; two of its branches end in a fork.
  static func e(_ weights: WeightScope, from inputs: Int, _ pooling: InceptionPooling) throws -> InceptionBlock {
    let unit = units(weights)
    func fork(
      _ stem: InceptionBranch, _ wide: String, _ tall: String
    ) throws -> @Sendable (Tensor) -> [Tensor] {
      let ends = (try unit(wide, 384, 384, (1, 3)), try unit(tall, 384, 384, (3, 1)))
      return { x in
        let x = stem(x)
        return [ends.0(x), ends.1(x)]
      }
    }
    return InceptionBlock(branches: [
      one(InceptionBranch(try unit("branch1x1", inputs, 320, (1, 1)))),
      try fork(InceptionBranch(try unit("branch3x3_1", inputs, 384, (1, 1))), "branch3x3_2a", "branch3x3_2b"),
      try fork(
        InceptionBranch(
          try unit("branch3x3dbl_1", inputs, 448, (1, 1)), try unit("branch3x3dbl_2", 448, 384, (3, 3))),
        "branch3x3dbl_3a", "branch3x3dbl_3b"),
      pooled(pooling, try unit("branch_pool", inputs, 192, (1, 1))),
    ])
  }

  /// Convolutions of a block by their names, of stride 1.
  private static func units(
    _ weights: WeightScope
  ) -> (String, Int, Int, InceptionConvolution.Kernel) throws -> InceptionConvolution {
    { try InceptionConvolution(weights[$0], from: $1, to: $2, kernel: $3) }
  }

  private static func halving(_ weights: WeightScope, _ inputs: Int, _ outputs: Int) throws -> InceptionConvolution {
    try InceptionConvolution(weights, from: inputs, to: outputs, kernel: (3, 3), stride: 2, isPadded: false)
  }
}
