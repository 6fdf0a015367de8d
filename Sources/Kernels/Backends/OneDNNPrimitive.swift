import COneDNN

/// One prepared oneDNN operation; immutable once made, so that several threads may run it.
struct Primitive: @unchecked Sendable {
  let handle: OpaquePointer
  let packedBytes: Int
  /// Two primitives with the same number want their weights in the same layout.
  let layout: UInt64
  private let scratchBytes: Int

  init(_ handle: OpaquePointer) {
    self.handle = handle
    packedBytes = ns_packed_bytes(handle)
    layout = ns_layout(handle)
    scratchBytes = ns_scratch_bytes(handle)
  }

  /// Calls `body` with the handle and memory that this run may write to.
  func run(_ body: (OpaquePointer, UnsafeMutableRawPointer) -> Int32) {
    let scratch = Buffer(scratchBytes)
    check(body(handle, scratch.pointer), String(cString: ns_implementation(handle)))
  }
}

/// Memory from the pool that goes back at the end of its life.
final class Buffer: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  private let byteCount: Int

  init(_ byteCount: Int) {
    self.byteCount = byteCount
    pointer = BufferPool.shared.take(byteCount)
  }

  deinit { BufferPool.shared.giveBack(pointer, byteCount) }
}

/// One weight in the layouts that some primitives want: kept with the tensor if it is constant, else for this call.
struct PackedSet: @unchecked Sendable {
  private var pointers: [UnsafeRawPointer] = []
  private var temporaries: [UInt64: Buffer] = [:]

  init(_ primitives: [Primitive], plain: UnsafeRawPointer, kept: PackedWeights?) {
    for primitive in primitives {
      func pack(_ target: UnsafeMutableRawPointer) {
        check(ns_pack(primitive.handle, plain, target), "packing weights")
      }
      if let kept {
        pointers.append(kept.copy(primitive.layout, byteCount: primitive.packedBytes, pack: pack))
      } else if let made = temporaries[primitive.layout] {
        pointers.append(made.pointer)
      } else {
        let fresh = Buffer(primitive.packedBytes)
        pack(fresh.pointer)
        temporaries[primitive.layout] = fresh
        pointers.append(fresh.pointer)
      }
    }
  }

  subscript(index: Int) -> UnsafeRawPointer { pointers[index] }
}

func check(_ status: Int32, _ what: @autoclosure () -> String) {
  precondition(status == 0, "oneDNN failed in \(what()): status \(status)")
}
