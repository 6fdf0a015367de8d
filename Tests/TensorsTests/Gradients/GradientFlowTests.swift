import NegativeSpaceKernels
import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceTensors

@Suite struct GradientFlowTests {
  @Test func `a value used twice collects both gradients`() {
    let x = Tensor([1, -2, 3], shape: [3]).requiringGradient
    let twice = x * x + x
    #expect(twice.sum().gradients(of: [x])[0].floats == [3, -3, 7])
    let y = x * 2
    let shared = y * y + y.slice(axis: 0, from: 0, to: 1)
    // d/dx (4x² + 2x₀ for every element) = 8x + 6 at 0
    #expect(shared.sum().gradients(of: [x])[0].floats == [14, -16, 24])
  }

  @Test func `a leaf that nothing leads to gets zeros`() {
    let (x, y) = (Tensor([1, 2], shape: [2]).requiringGradient, Tensor([5], shape: [1]).requiringGradient)
    let gradients = x.sum().gradients(of: [x, y])
    #expect(gradients[0].floats == [1, 1])
    #expect(gradients[1].floats == [0])
  }

  @Test func `nothing is recorded where nobody asks`() {
    let x = noise([2, 8], seed: 4)
    #expect(x.silu().linear(noise([3, 8], seed: 5)).node == nil)
    let leaf = x.requiringGradient
    #expect(leaf.silu().node != nil)
    #expect(withoutGradients { leaf.silu() }.node == nil)
    #expect(leaf.detached.silu().node == nil)
  }

  @Test func `a gradient keeps float32 on its way through bfloat16`() {
    let x = noise([64, 8], seed: 6).cast(to: .bfloat16)
    let w = noise([4, 8], seed: 7).requiringGradient
    let gradient = x.linear(w.cast(to: .bfloat16)).sum().gradients(of: [w])[0]
    #expect(gradient.dtype == .float32)
    let sums = x.cast(to: .float32).sum(axes: [0])
    // The true gradient is the column sum of x in every row; rounded to bfloat16 it would be off by 1e-3.
    let distance = relativeDistance(gradient.slice(axis: 0, from: 1, to: 2).reshaped([8]), sums)
    #expect(distance < 1e-6)
  }

  @Test func `a graph is differentiated once`() async {
    await #expect(processExitsWith: .failure) {
      let x = Tensor([1, 2], shape: [2]).requiringGradient
      let loss = x.square().sum()
      _ = loss.gradients(of: [x])
      _ = loss.gradients(of: [x])
    }
  }

  @Test func `only leaves can be asked for gradients`() async {
    await #expect(processExitsWith: .failure) {
      let x = Tensor([1, 2], shape: [2]).requiringGradient
      let y = x * 2
      _ = y.sum().gradients(of: [y])
    }
  }

  @Test func `a small network's gradient is its slope`() {
    // Along a random direction v: <gradient, v> = (f(p + εv) - f(p - εv)) / 2ε.
    let shapes = [[2, 6, 6, 8], [16, 8, 3, 3], [16], [16], [16], [16, 16], [16]]
    let values = shapes.enumerated().map { noise($1, seed: UInt32(10 + $0)) * ($0 == 1 || $0 == 5 ? 0.2 : 1) }
    func network(_ p: [Tensor]) -> Tensor {
      let h = p[0].convolution(p[1], p[2], stride: (2, 2), padding: Padding(1))
        .groupNorm(groups: 4, scale: p[3], shift: p[4], epsilon: 1e-5, activation: .silu)
      let tokens = h.reshaped([2, 9, 16])
      let mixed = attention(tokens.linear(p[5]), tokens, tokens.linear(p[5], p[6]), heads: 2)
      let normed = (tokens + mixed).layerNorm(scale: p[3], shift: p[4], epsilon: 1e-5)
      return (normed.gelu() * tokens).reshaped([2, 3, 3, 16]).upsampledNearest().square().mean()
    }
    let leaves = values.map(\.requiringGradient)
    let gradients = network(leaves).gradients(of: leaves)
    for index in values.indices {
      let direction = noise(shapes[index], seed: UInt32(50 + index))
      let step: Float = 2e-3
      var (ahead, behind) = (values, values)
      ahead[index] = values[index] + direction * step
      behind[index] = values[index] - direction * step
      let slope = (network(ahead).item - network(behind).item) / (2 * step)
      let expected = (gradients[index] * direction).sum().item
      #expect(abs(slope - expected) < 5e-3 * max(abs(expected), 0.1), "parameter \(index): \(slope) and \(expected)")
    }
  }

  @Test func `a repeated step asks for no more memory`() async {
    // In a process of its own: other tests share the pool.
    await #expect(processExitsWith: .success) {
      let w = noise([32, 32, 3, 3], seed: 1) * 0.1
      let (scale, shift) = (noise([32], seed: 2), noise([32], seed: 3))
      func step(_ x: Tensor) -> Tensor {
        x.convolution(w, shift, padding: Padding(1))
          .groupNorm(groups: 8, scale: scale, shift: shift, epsilon: 1e-5, activation: .silu)
      }
      func train(_ x: Tensor) -> Float {
        let leaf = w.requiringGradient
        let loss = step(x.convolution(leaf, padding: Padding(1))).square().mean()
        return loss.gradients(of: [leaf])[0].sum().item
      }
      var x = noise([2, 16, 16, 32], seed: 4)
      func repeatedly(_ count: Int) -> (live: Int, peak: Int) {
        // On one thread: the memory that several hold at the same moment is up to the system.
        Threads.$limit.withValue(1) {
          for _ in 0..<count {
            x = step(x)
            _ = train(x)
          }
        }
        return BufferPool.shared.usage
      }
      let before = repeatedly(3)
      let after = repeatedly(10)
      precondition(after.live == before.live, "live bytes grew from \(before.live) to \(after.live)")
      precondition(after.peak == before.peak, "peak bytes grew from \(before.peak) to \(after.peak)")
    }
  }
}
