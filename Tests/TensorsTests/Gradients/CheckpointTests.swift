import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceTensors

@Suite struct CheckpointTests {
  private let x = noise([2, 3, 4], seed: 1)
  private let w = noise([4, 4], seed: 2)
  private let b = noise([4], seed: 3)

  @Test func `a checkpointed block has the gradients of the block itself`() {
    func run(_ wrap: ([Tensor], @escaping ([Tensor]) -> Tensor) -> Tensor) -> [Tensor] {
      let (x, w, b) = (x.requiringGradient, w.requiringGradient, b.requiringGradient)
      // Parameters are captured, one of them is used outside as well.
      let inside = wrap([x]) { $0[0].linear(w, b).silu().linear(w) }
      let loss = (inside * x.linear(w)).mean()
      return loss.gradients(of: [x, w, b])
    }
    let plain = run { inputs, body in body(inputs) }
    for (gradient, expected) in zip(run(checkpoint), plain) {
      let distance = relativeDistance(gradient, expected)
      #expect(distance < 1e-6)
    }
    for gradient in plain { #expect(gradient.square().sum().item > 0) }
  }

  @Test func `blocks may be nested and follow each other`() {
    func run(_ wrap: @escaping ([Tensor], @escaping ([Tensor]) -> Tensor) -> Tensor) -> [Tensor] {
      let (x, w, b) = (x.requiringGradient, w.requiringGradient, b.requiringGradient)
      let hidden = x.linear(w).tanh()
      let first = wrap([hidden, x]) { outer in
        let inner = wrap([outer[0]]) { $0[0].linear(w, b).gelu() }
        return inner * outer[1] + hidden
      }
      let second = wrap([first]) { $0[0].linear(w).square() }
      return (second + first).sum().gradients(of: [x, w, b])
    }
    let plain = run { inputs, body in body(inputs) }
    for (gradient, expected) in zip(run(checkpoint), plain) {
      let distance = relativeDistance(gradient, expected)
      #expect(distance < 1e-6)
    }
  }

  @Test func `only what asks for a gradient gets one`() {
    let w = w.requiringGradient
    let x = x
    let value = checkpoint([x]) { $0[0].linear(w) }
    let gradient = value.sum().gradients(of: [w])
    let expected = x.linear(w).sum().gradients(of: [w])
    let distance = relativeDistance(gradient[0], expected[0])
    #expect(distance < 1e-6)
  }

  @Test func `without recording a block leaves no trace`() {
    let value = withoutGradients { checkpoint([x.requiringGradient]) { $0[0].silu() } }
    #expect(value.node == nil)
  }
}
