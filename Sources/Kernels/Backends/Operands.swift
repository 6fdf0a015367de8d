/// The pointers of one call c = a · b + bias, for its pieces: they read what others read and write disjoint ranges.
struct Operands: @unchecked Sendable {
  let a: UnsafeRawPointer
  let b: UnsafeRawPointer
  let bias: UnsafePointer<Float>?
  let c: UnsafeMutableRawPointer
}
