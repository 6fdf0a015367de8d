import COneDNN
import Synchronization

/// oneDNN: weights re-ordered once, primitives cached by shape.
package final class OneDNNBackend: ComputeBackend {
  package static let shared = OneDNNBackend()

  private struct Key: Hashable {
    enum Shape: Hashable {
      case matmul(MatmulShape)
      case convolution(ConvolutionShape, direction: Int32, hasBias: Bool)
    }
    let shape: Shape
    /// A primitive is planned for a number of threads and must run on as many.
    let threads: Int

    init(_ shape: Shape) {
      self.shape = shape
      threads = Threads.count
    }
  }

  /// A primitive is immutable once made and may run on several threads.
  private struct Primitive: @unchecked Sendable {
    let handle: OpaquePointer
    let scratchBytes: Int
    let packedBytes: Int
  }

  private let primitives = Mutex<[Key: Primitive]>([:])

  package var name: String { "oneDNN " + String(cString: ns_version()) }
  package var hasNativeBFloat16: Bool { ns_has_native_bfloat16() != 0 }

  package func matmul(
    _ shape: MatmulShape, a: UnsafeRawPointer, b: UnsafeRawPointer, bias: UnsafePointer<Float>?,
    c: UnsafeMutableRawPointer, packed: PackedWeights?
  ) {
    let primitive = primitive(Key(.matmul(shape)), "matmul \(shape)") { out in
      var s = ns_matmul()
      (s.batch0, s.batch1) = (Int64(shape.batch.0), Int64(shape.batch.1))
      (s.m, s.n, s.k) = (Int64(shape.m), Int64(shape.n), Int64(shape.k))
      (s.a, s.b, s.c) = (shape.a.tuple, shape.b.tuple, shape.c.tuple)
      (s.dtype, s.result_dtype) = (shape.dtype.code, shape.resultType.code)
      (s.has_bias, s.packed) = (bias == nil ? 0 : 1, shape.packsWeights ? 1 : 0)
      return ns_matmul_create(&s, out)
    }
    let weights =
      shape.packsWeights
      ? weights(primitive, b, in: packed, key: "matmul \(shape.n)×\(shape.k) \(primitive.packedBytes)") : .borrowed(b)
    withScratch(primitive) { scratch in
      check(ns_matmul_run(primitive.handle, a, weights.pointer, bias, c, scratch), "matmul \(shape)")
    }
  }

  package func convolution(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, weights: UnsafeRawPointer, bias: UnsafePointer<Float>?,
    out: UnsafeMutableRawPointer, packed: PackedWeights?
  ) {
    let primitive = convolution(shape, NS_FORWARD, hasBias: bias != nil)
    let packed = self.weights(primitive, weights, in: packed, key: "forward \(primitive.packedBytes)")
    withScratch(primitive) { scratch in
      check(ns_convolution_run(primitive.handle, x, packed.pointer, bias, out, scratch), "convolution \(shape)")
    }
  }

  package func convolutionInputGradient(
    _ shape: ConvolutionShape, upstream: UnsafeRawPointer, weights: UnsafeRawPointer, dx: UnsafeMutableRawPointer,
    packed: PackedWeights?
  ) {
    let primitive = convolution(shape, NS_BACKWARD_DATA, hasBias: false)
    let packed = self.weights(primitive, weights, in: packed, key: "backward \(primitive.packedBytes)")
    withScratch(primitive) { scratch in
      check(ns_convolution_run(primitive.handle, upstream, packed.pointer, nil, dx, scratch), "convolution gradient \(shape)")
    }
  }

  package func convolutionWeightGradient(
    _ shape: ConvolutionShape, x: UnsafeRawPointer, upstream: UnsafeRawPointer, dw: UnsafeMutablePointer<Float>
  ) {
    let primitive = convolution(shape, NS_BACKWARD_WEIGHTS, hasBias: false)
    let gradient = BufferPool.shared.take(primitive.packedBytes)
    defer { BufferPool.shared.giveBack(gradient, primitive.packedBytes) }
    withScratch(primitive) { scratch in
      check(ns_convolution_run(primitive.handle, x, upstream, nil, gradient, scratch), "weight gradient \(shape)")
    }
    check(ns_unpack_gradient(primitive.handle, gradient, dw), "weight gradient \(shape)")
  }

  /// oneDNN's name for the code it runs a forward convolution with.
  package func implementation(of shape: ConvolutionShape) -> String {
    String(cString: ns_implementation(convolution(shape, NS_FORWARD, hasBias: true).handle))
  }

  // MARK: Primitives and their weights

  private func convolution(_ shape: ConvolutionShape, _ direction: ns_direction, hasBias: Bool) -> Primitive {
    let key = Key(.convolution(shape, direction: Int32(direction.rawValue), hasBias: hasBias))
    return primitive(key, "convolution \(shape)") { out in
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

  private func primitive(
    _ key: Key, _ what: @autoclosure () -> String, make: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
  ) -> Primitive {
    ns_use_threads(Int32(key.threads))
    if let found = primitives.withLock({ $0[key] }) { return found }
    var handle: OpaquePointer?
    let status = make(&handle)
    guard status == 0, let handle else { preconditionFailure("oneDNN refuses \(what()): status \(status)") }
    let made = Primitive(
      handle: handle, scratchBytes: ns_scratch_bytes(handle), packedBytes: ns_packed_bytes(handle))
    primitives.withLock { $0[key] = made }
    return made
  }

  /// Weights in the layout a primitive wants: kept with the tensor when it is constant, made for this call otherwise.
  private enum Weights {
    case borrowed(UnsafeRawPointer)
    case temporary(Temporary)

    var pointer: UnsafeRawPointer {
      switch self {
      case .borrowed(let pointer): pointer
      case .temporary(let buffer): UnsafeRawPointer(buffer.pointer)
      }
    }
  }

  private final class Temporary {
    let pointer: UnsafeMutableRawPointer
    let byteCount: Int
    init(_ byteCount: Int) {
      self.byteCount = byteCount
      pointer = BufferPool.shared.take(byteCount)
    }
    deinit { BufferPool.shared.giveBack(pointer, byteCount) }
  }

  private func weights(
    _ primitive: Primitive, _ plain: UnsafeRawPointer, in packed: PackedWeights?, key: String
  ) -> Weights {
    guard let packed else {
      let buffer = Temporary(primitive.packedBytes)
      check(ns_pack(primitive.handle, plain, buffer.pointer), "packing weights")
      return .temporary(buffer)
    }
    let layout = key + " \(Threads.count) " + String(cString: ns_implementation(primitive.handle))
    return .borrowed(
      packed.copy(layout, byteCount: primitive.packedBytes) { target in
        check(ns_pack(primitive.handle, plain, target), "packing weights")
      })
  }

  private func withScratch(_ primitive: Primitive, _ body: (UnsafeMutableRawPointer) -> Void) {
    let scratch = BufferPool.shared.take(primitive.scratchBytes)
    body(scratch)
    BufferPool.shared.giveBack(scratch, primitive.scratchBytes)
  }

  private func check(_ status: Int32, _ what: @autoclosure () -> String) {
    precondition(status == 0, "oneDNN failed in \(what()): status \(status)")
  }
}

extension DataType {
  /// The element type as the C modules number it.
  package var code: Int32 { self == .float32 ? 0 : 1 }
}

extension Strides4 {
  fileprivate var tuple: (Int64, Int64, Int64, Int64) { (Int64(batch0), Int64(batch1), Int64(row), Int64(column)) }
}
