import NegativeSpaceCKernels
import NegativeSpaceCOneDNN
import Synchronization

/// oneDNN: weights re-ordered once, primitives cached by shape.
///
/// Each call is cut into pieces that run on this program's own threads, one oneDNN thread each: OpenMP's threads wait
/// busily between calls, on the cores that the loops in between need.
package final class OneDNNBackend: ComputeBackend {
  package static let shared = OneDNNBackend()

  private enum Key: Hashable {
    case matmul(MatmulShape)
    case convolution(ConvolutionShape, direction: Int32, hasBias: Bool)
  }

  private let primitives = Mutex<[Key: Primitive]>([:])

  package var name: String { "oneDNN " + String(cString: ns_version()) }
  package var hasNativeBFloat16: Bool { ns_has_native_bfloat16() != 0 }
  package var loops: any LoopBackend { CPULoops() }
  /// Whether oneDNN may use AVX-512, for which alone it keeps products' weights re-ordered and knows bfloat16.
  package static var isWide: Bool { ns_has_avx512() != 0 }

  // MARK: Products

  package func matmul(
    _ shape: MatmulShape, a: UnsafeRawPointer, b: WeightOperand, bias: UnsafePointer<Float>?,
    c: UnsafeMutableRawPointer
  ) {
    precondition(shape.hasBias == (bias != nil), "a product with a bias is told so by its shape, and no other")
    let isPacked = shape.packsWeights || shape.isWorthPacking
    let count = pieceCount(
      flops: shape.flops, weightBytes: isPacked ? shape.n * shape.k * shape.dtype.byteCount : 0)
    let element = shape.dtype.byteCount
    if let parts = shape.partialSums(min(count, Threads.count)) {
      let operands = Operands(a: a, b: b.plain, bias: nil, c: c)
      let primitives = parts.map { primitive($0.shape) }
      summed(parts.count, shape.m * shape.n, into: c.assumingMemoryBound(to: Float.self)) { index, target in
        let part = parts[index]
        primitives[index].run { handle, scratch in
          ns_matmul_run(
            handle, operands.a + part.a * element, operands.b + part.b * element, nil, UnsafeMutableRawPointer(target),
            scratch)
        }
      }
      return
    }
    if shape.packsWeights {
      let parts = shape.pieces(count)
      let primitives = parts.map { primitive($0.shape) }
      return run(parts, primitives, PackedSet(primitives, b), Operands(a: a, b: a, bias: bias, c: c))
    }
    let operands = Operands(a: a, b: b.plain, bias: bias, c: c)
    if shape.isWorthPacking {
      var packing = shape
      packing.packsWeights = true
      let parts = packing.pieces(count)
      let primitives = parts.map { primitive($0.shape) }
      let packings = primitives.compactMap { PairPacking($0, shape) }
      if packings.count == parts.count {
        return run(parts, primitives, PackedSet(primitives, packings, operands.b), operands)
      }
    }
    let parts = shape.pieces(count)
    run(parts, parts.map { primitive($0.shape) }, nil, operands)
  }

  private func run(_ parts: [MatmulPiece], _ primitives: [Primitive], _ packed: PackedSet?, _ operands: Operands) {
    parallel(parts.count) { range in
      for index in range {
        let part = parts[index]
        let element = part.shape.dtype.byteCount
        let right = packed?[index] ?? operands.b + part.b * element
        primitives[index].run { handle, scratch in
          ns_matmul_run(
            handle, operands.a + part.a * element, right, operands.bias,
            operands.c + part.c * part.shape.resultType.byteCount, scratch)
        }
      }
    }
  }

  private func primitive(_ shape: MatmulShape) -> Primitive {
    primitive(.matmul(shape)) { out in
      var s = ns_matmul()
      (s.batch0, s.batch1) = (Int64(shape.batch.0), Int64(shape.batch.1))
      (s.m, s.n, s.k) = (Int64(shape.m), Int64(shape.n), Int64(shape.k))
      (s.a, s.b, s.c) = (shape.a.tuple, shape.b.tuple, shape.c.tuple)
      (s.dtype, s.result_dtype) = (shape.dtype.code, shape.resultType.code)
      (s.has_bias, s.packed) = (shape.hasBias ? 1 : 0, shape.packsWeights ? 1 : 0)
      return ns_matmul_create(&s, out)
    }
  }

  // MARK: Convolutions

  package func convolution(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, weights: WeightOperand, bias: UnsafePointer<Float>?,
    out: UnsafeMutableRawPointer
  ) {
    if case .constant(let bytes) = weights, let plan = WinogradPlan(shape) {
      let primitive = primitive(plan.product)
      let packed = bytes.packed.copy(primitive.layout ^ plan.layout, byteCount: primitive.packedBytes) {
        target in
        bytes.lend { plain in
          let transformed = plan.transformed(plain)
          withExtendedLifetime(transformed) { primitive.pack(transformed.pointer, into: target) }
        }
      }
      return winograd(plan, primitive, Operands(a: x, b: packed, bias: bias, c: out))
    }
    if case .constant(let bytes) = weights, let (plan, primitives) = lowered(shape, hasBias: bias != nil) {
      let packed = bytes.packed.copy(LoweredConvolution.layout, byteCount: plan.packedBytes) { target in
        bytes.lend { plan.pack($0, of: shape, isReversed: false, into: target) }
      }
      return run(plan, primitives, Operands(a: x, b: packed, bias: bias, c: out))
    }
    let parts = shape.pieces(pieceCount(flops: shape.flops, weightBytes: shape.weightBytes))
    let primitives = parts.map { convolution($0.shape, NS_FORWARD, hasBias: bias != nil) }
    run(parts, primitives, PackedSet(primitives, weights), Operands(a: x, b: x, bias: bias, c: out))
  }

  /// Forward convolutions of x = `operands.a`.
  private func run(
    _ parts: [ConvolutionPiece], _ primitives: [Primitive], _ weights: PackedSet, _ operands: Operands
  ) {
    parallel(parts.count) { range in
      for index in range {
        let part = parts[index]
        let element = part.shape.dtype.byteCount
        primitives[index].run { handle, scratch in
          ns_convolution_run(
            handle, operands.a + part.x * element, weights[index], operands.bias, operands.c + part.y * element, scratch
          )
        }
      }
    }
  }

  /// The plan of a convolution as a product and the primitives of its pieces, where that is faster.
  private func lowered(_ shape: ConvolutionShape, hasBias: Bool) -> (LoweredConvolution, [Primitive])? {
    guard let plan = LoweredConvolution(shape) else { return nil }
    let primitives = plan.pieces.map { primitive(plan.product($0, hasBias: hasBias)) }
    return primitives.allSatisfy(plan.fits) ? (plan, primitives) : nil
  }

  /// Products of the windows of x = `operands.a` with the weights b.
  private func run(_ plan: LoweredConvolution, _ primitives: [Primitive], _ operands: Operands) {
    parallel(plan.pieces.count) { range in
      for index in range {
        let piece = plan.pieces[index]
        let rows = Buffer(plan.rowBytes(piece))
        plan.lower(operands.a, piece, into: rows.pointer)
        primitives[index].run { handle, scratch in
          ns_matmul_run(
            handle, rows.pointer, operands.b, operands.bias, operands.c + plan.result(piece), scratch)
        }
      }
    }
  }

  private func winograd(_ plan: WinogradPlan, _ primitive: Primitive, _ operands: Operands) {
    plan.run(operands) { inputs, products in
      primitive.run { handle, scratch in ns_matmul_run(handle, inputs, operands.b, nil, products, scratch) }
    }
  }

  package func convolutionInputGradient(
    _ shape: ConvolutionShape, upstream: UnsafeRawPointer, weights: UnsafeRawPointer, dx: UnsafeMutableRawPointer
  ) {
    if let plan = WinogradPlan(inputGradient: shape) {
      let primitive = primitive(plan.product)
      let packed = Buffer(primitive.packedBytes)
      let transformed = plan.transformed(weights)
      withExtendedLifetime(transformed) { primitive.pack(transformed.pointer, into: packed.pointer) }
      return withExtendedLifetime(packed) {
        winograd(plan, primitive, Operands(a: upstream, b: packed.pointer, bias: nil, c: dx))
      }
    }
    let count = pieceCount(flops: shape.flops, weightBytes: shape.weightBytes)
    if shape.dtype == .bfloat16, let gradient = shape.inputGradient {
      if let (plan, primitives) = lowered(gradient, hasBias: false) {
        let packed = Buffer(plan.packedBytes)
        plan.pack(weights, of: shape, isReversed: true, into: packed.pointer)
        return withExtendedLifetime(packed) {
          run(plan, primitives, Operands(a: upstream, b: packed.pointer, bias: nil, c: dx))
        }
      }
      let parts = gradient.pieces(count)
      let primitives = parts.map { convolution($0.shape, NS_FORWARD, hasBias: false) }
      let packings = primitives.compactMap { PairPacking($0, gradientOf: shape) }
      if packings.count == parts.count {
        let packed = PackedSet(primitives, packings, weights)
        return run(parts, primitives, packed, Operands(a: upstream, b: upstream, bias: nil, c: dx))
      }
    }
    let parts = shape.inputGradientPieces(count)
    let primitives = parts.map { convolution($0.shape, NS_BACKWARD_DATA, hasBias: false) }
    let weights = PackedSet(primitives, .changing(weights))
    let operands = Operands(a: upstream, b: upstream, bias: nil, c: dx)
    let element = shape.dtype.byteCount
    parallel(parts.count) { range in
      for index in range {
        let part = parts[index]
        primitives[index].run { handle, scratch in
          ns_convolution_run(
            handle, operands.a + part.y * element, weights[index], nil, operands.c + part.x * element, scratch)
        }
      }
    }
  }

  package func convolutionWeightGradient(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dw: UnsafeMutablePointer<Float>
  ) {
    let count = min(Threads.count, pieceCount(flops: shape.flops, weightBytes: shape.weightBytes))
    let parts = shape.pieces(count)
    let primitives = parts.map { convolution($0.shape, NS_BACKWARD_WEIGHTS, hasBias: false) }
    let operands = Operands(a: x, b: upstream, bias: nil, c: UnsafeMutableRawPointer(dw))
    let element = shape.dtype.byteCount
    summed(parts.count, shape.o * shape.i * shape.kh * shape.kw, into: dw) { index, target in
      let part = parts[index]
      let primitive = primitives[index]
      let gradient = Buffer(primitive.packedBytes)
      primitive.run { handle, scratch in
        ns_convolution_run(
          handle, operands.a + part.x * element, operands.b + part.y * element, nil, gradient.pointer, scratch)
      }
      check(ns_unpack_gradient(primitive.handle, gradient.pointer, target), "weight gradient \(shape)")
    }
  }

  /// Runs `part` for every piece, each into a buffer of its own, and adds them up in their order.
  private func summed(
    _ pieces: Int, _ count: Int, into target: UnsafeMutablePointer<Float>,
    part: @Sendable (_ index: Int, _ target: UnsafeMutablePointer<Float>) -> Void
  ) {
    let whole = UnsafeMutableRawPointer(target)
    let first = Operands(a: whole, b: whole, bias: nil, c: whole)
    let others = (1..<max(1, pieces)).map { _ in Buffer(count * 4) }
    parallel(pieces) { range in
      for index in range {
        part(index, (index == 0 ? first.c : others[index - 1].pointer).assumingMemoryBound(to: Float.self))
      }
    }
    for other in others { ns_add_to(target, other.pointer.assumingMemoryBound(to: Float.self), Int64(count)) }
  }

  /// oneDNN's name for the code it runs a forward convolution with.
  package func implementation(of shape: ConvolutionShape) -> String {
    String(cString: ns_implementation(convolution(shape, NS_FORWARD, hasBias: true).handle))
  }

  private func convolution(_ shape: ConvolutionShape, _ direction: ns_direction, hasBias: Bool) -> Primitive {
    primitive(.convolution(shape, direction: Int32(direction.rawValue), hasBias: hasBias)) { out in
      var s = ns_convolution()
      (s.n, s.h, s.w) = (Int64(shape.n), Int64(shape.h), Int64(shape.w))
      (s.ci, s.co, s.kh, s.kw) = (Int64(shape.i), Int64(shape.o), Int64(shape.kh), Int64(shape.kw))
      (s.stride_h, s.stride_w) = (Int64(shape.strideH), Int64(shape.strideW))
      (s.top, s.bottom) = (Int64(shape.padding.top), Int64(shape.padding.bottom))
      (s.left, s.right) = (Int64(shape.padding.left), Int64(shape.padding.right))
      (s.dtype, s.direction, s.has_bias) = (shape.dtype.code, Int32(direction.rawValue), hasBias ? 1 : 0)
      return ns_convolution_create(&s, out)
    }
  }

  /// The primitive for `key`, made by `make` if it is not there yet.
  ///
  /// One at a time: oneDNN 2.6 keeps the block size of the convolution that it is preparing in a variable of the whole
  /// process, and one in bfloat16 beside it makes convolutions of an odd number of channels read beyond their weights.
  private func primitive(_ key: Key, make: (UnsafeMutablePointer<OpaquePointer?>) -> Int32) -> Primitive {
    primitives.withLock { primitives in
      if let found = primitives[key] { return found }
      var handle: OpaquePointer?
      let status = make(&handle)
      guard status == 0, let handle else { preconditionFailure("oneDNN refuses \(key): status \(status)") }
      let made = Primitive(handle)
      primitives[key] = made
      return made
    }
  }
}

extension DataType {
  /// The element type as the C modules number it.
  var code: Int32 { self == .float32 ? 0 : 1 }
}

extension MatmulShape {
  /// True if b, read as it lies, is so large that re-ordering it in every piece takes longer than once for all.
  fileprivate var isWorthPacking: Bool {
    !packsWeights && dtype == .bfloat16 && batch0 * batch1 == 1 && m >= 16 && n > m && n * k >= 1 << 16
  }
}

extension ConvolutionShape {
  fileprivate var weightBytes: Int { o * i * kh * kw * dtype.byteCount }
}

extension Strides4 {
  fileprivate var tuple: (Int64, Int64, Int64, Int64) { (Int64(batch0), Int64(batch1), Int64(row), Int64(column)) }
}
