import NegativeSpaceCOneDNN

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

  /// Outputs of a block, and inputs with those that fill up, of weights as `PairPacking` lays them out; nil for other
  /// layouts.
  var pairLayout: (block: Int, inputs: Int)? {
    let block = Int(ns_pair_block(handle))
    return block > 0 ? (block, Int(ns_pair_inputs(handle))) : nil
  }

  /// Calls `body` with the handle and memory that this run may write to.
  func run(_ body: (OpaquePointer, UnsafeMutableRawPointer) -> Int32) {
    let scratch = Buffer(scratchBytes)
    check(body(handle, scratch.pointer), String(cString: ns_implementation(handle)))
  }

  /// Lays weights out as this primitive wants them, large ones on all cores.
  func pack(_ plain: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
    let operands = Operands(a: plain, b: plain, bias: nil, c: target)
    parallel(Int(ns_pack_parts(handle))) { parts in
      for part in parts { check(ns_pack(handle, Int32(part), operands.a, operands.c), "packing weights") }
    }
  }
}

/// One weight in the layouts that some primitives want: kept with the tensor if it is constant, else for this call.
struct PackedSet: @unchecked Sendable {
  private var pointers: [UnsafeRawPointer] = []
  private var temporaries: [UInt64: Buffer] = [:]

  init(_ primitives: [Primitive], _ weights: WeightOperand) {
    pointers = primitives.map { primitive in
      switch weights {
      case .constant(let bytes):
        let copy = bytes.packed.copy(primitive.layout, byteCount: primitive.packedBytes) { target in
          bytes.lend { primitive.pack($0, into: target) }
        }
        return UnsafeRawPointer(copy)
      case .changing(let plain):
        return temporary(primitive) { primitive.pack(plain, into: $0) }
      }
    }
  }

  /// For this call alone, packed by `packings`, one for each primitive.
  init(_ primitives: [Primitive], _ packings: [PairPacking], _ plain: UnsafeRawPointer) {
    pointers = zip(primitives, packings).map { primitive, packing in
      temporary(primitive) { packing.pack(plain, into: $0) }
    }
  }

  private mutating func temporary(_ primitive: Primitive, pack: (UnsafeMutableRawPointer) -> Void) -> UnsafeRawPointer {
    if let made = temporaries[primitive.layout] { return UnsafeRawPointer(made.pointer) }
    let fresh = Buffer(primitive.packedBytes)
    pack(fresh.pointer)
    temporaries[primitive.layout] = fresh
    return UnsafeRawPointer(fresh.pointer)
  }

  subscript(index: Int) -> UnsafeRawPointer { pointers[index] }
}

func check(_ status: Int32, _ what: @autoclosure () -> String) {
  precondition(status == 0, "oneDNN failed in \(what()): status \(status)")
}
