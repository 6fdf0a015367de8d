import Foundation
import NegativeSpaceCKernels

extension CPULoops {
  package func permute(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, sizes: [Int], strides: [Int]
  ) {
    let x = Pointer(x), out = MutablePointer(out)
    let bytes = Int32(type.byteCount)
    let (flatSizes, flatSteps) = (sizes.map(Int64.init), strides.map(Int64.init))
    let (outer, count) = (sizes[0], sizes.reduce(1, *))
    parallel(outer, grain: max(1, (1 << 14) * outer / max(1, count))) { range in
      ns_permute(
        bytes, out.base, x.base, Int32(flatSizes.count), flatSizes, flatSteps, Int64(range.lowerBound),
        Int64(range.upperBound))
    }
  }

  package func copyBlocks(
    x: UnsafeRawPointer, stride: Int, out: UnsafeMutableRawPointer, outStride: Int, count: Int, bytes: Int
  ) {
    guard bytes > 0 else { return }
    let from = Pointer(x), to = MutablePointer(out)
    parallel(count, grain: max(1, (1 << 16) / bytes)) { range in
      for index in range { memcpy(to.base + index * outStride, from.base + index * stride, bytes) }
    }
  }

  package func gatherRows(x: UnsafeRawPointer, out: UnsafeMutableRawPointer, indices: [Int], bytes: Int) {
    for (row, index) in indices.enumerated() {
      (out + row * bytes).copyMemory(from: x + index * bytes, byteCount: bytes)
    }
  }

  package func scatterRows(
    x: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>, indices: [Int], rows: Int, width: Int
  ) {
    out.update(repeating: 0, count: rows * width)
    for (row, index) in indices.enumerated() { ns_add_to(out + index * width, x + row * width, Int64(width)) }
  }
}
