/// (n, p, c) cut into pieces of whole rows, so that even one large sample keeps all cores busy.
struct SampleBlocks: Sendable {
  let n: Int
  let p: Int
  let perSample: Int

  init(_ shape: GroupNormShape) {
    (n, p) = (shape.n, shape.p)
    perSample = n >= Threads.count ? 1 : max(1, min(Threads.count, p * shape.c / (1 << 14)))
  }

  var count: Int { n * perSample }

  func forEach(_ body: @Sendable (_ block: Int, _ sample: Int, _ rows: Range<Int>) -> Void) {
    parallel(count) { range in
      for block in range {
        let part = block % perSample
        body(block, block / perSample, (p * part / perSample)..<(p * (part + 1) / perSample))
      }
    }
  }
}
