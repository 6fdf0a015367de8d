import NegativeSpaceCKernels

/// Weights as [sixteen outputs][tap][input][output of the panel].
struct PanelPacking: Sendable {
  private let packing: ns_weight_packing
  /// Their storage type, before and after packing.
  private(set) var element: PanelElement

  /// Of a panel.
  static let outputs = 16

  /// Of b (k, n) of a product.
  ///
  /// - Parameter element: storage type of b, if not the product's.
  init(_ shape: MatmulShape, element: PanelElement? = nil) {
    self.init(
      outputs: shape.n, inputs: shape.k, taps: 1, strides: (shape.b.column, shape.b.row), isReversed: false,
      element ?? PanelElement(shape.dtype))
  }

  /// Of the weights (o, i, kh, kw) of `shape`, turned round for the convolution that is its gradient if `isReversed`.
  init(_ shape: ConvolutionShape, isReversed: Bool = false) {
    let taps = shape.kh * shape.kw
    let (toOutput, toInput) = (shape.i * taps, taps)
    self.init(
      outputs: isReversed ? shape.i : shape.o, inputs: isReversed ? shape.o : shape.i, taps: taps,
      strides: isReversed ? (toInput, toOutput) : (toOutput, toInput), isReversed: isReversed,
      PanelElement(shape.dtype))
  }

  private init(
    outputs: Int, inputs: Int, taps: Int, strides: (output: Int, input: Int), isReversed: Bool, _ element: PanelElement
  ) {
    packing = ns_weight_packing(
      outputs: Int64(outputs), inputs: Int64(inputs), taps: Int64(taps), output_stride: Int64(strides.output),
      input_stride: Int64(strides.input), block: Int64(Self.outputs), padded_inputs: Int64(inputs),
      reversed: isReversed ? 1 : 0)
    self.element = element
  }

  private var panels: Int { (Int(packing.outputs) + Self.outputs - 1) / Self.outputs }

  var byteCount: Int { panels * Self.outputs * Int(packing.taps * packing.inputs) * element.byteCount }

  /// Key of this layout among the copies of weights.
  var layout: UInt64 { 0x7061_6E65_6C73 ^ UInt64(packing.taps) << 48 }

  func pack(_ plain: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
    let operands = Operands(a: plain, b: plain, bias: nil, c: target)
    let bytes = Int32(element.byteCount)
    parallel(panels, grain: max(1, (1 << 16) / max(1, byteCount / max(1, panels)))) { panels in
      withUnsafePointer(to: packing) {
        ns_pack_panels($0, bytes, operands.c, operands.a, Int64(panels.lowerBound), Int64(panels.upperBound))
      }
    }
  }

  /// Calls `use` with the packed weights and their storage type: kept with constant ones, made for the call of others.
  func lend(_ weights: WeightOperand, _ use: (UnsafeRawPointer, PanelElement) -> Void) {
    switch weights {
    case .constant(let bytes):
      let copy = bytes.packed.copy(layout) { bytes.lend { lasting($0) } }
      use(copy.buffer.pointer, PanelElement(rawValue: copy.form) ?? element)
    case .changing(let plain):
      let packed = Buffer(byteCount)
      pack(plain, into: packed.pointer)
      withExtendedLifetime(packed) { use(packed.pointer, element) }
    }
  }

  /// A copy to keep, in the smallest type that holds the weights exactly.
  private func lasting(_ plain: UnsafeRawPointer) -> PackedWeights.Copy {
    var packing = self
    let narrow = element == .float32 && isDense ? NarrowWeights(plain, count: weightCount) : nil
    if let narrow { packing.element = narrow.element }
    let packed = Buffer(packing.byteCount, isLasting: true)
    let source = narrow.map { UnsafeRawPointer($0.buffer.pointer) } ?? plain
    withExtendedLifetime(narrow) { packing.pack(source, into: packed.pointer) }
    return PackedWeights.Copy(packed, form: packing.element.rawValue)
  }

  private var weightCount: Int { Int(packing.outputs * packing.inputs * packing.taps) }

  /// Whether the weights lie without gaps.
  private var isDense: Bool {
    let (first, second) = (packing.output_stride, packing.input_stride)
    return (second == packing.taps && first == packing.inputs * packing.taps)
      || (first == packing.taps && second == packing.outputs * packing.taps)
  }
}
