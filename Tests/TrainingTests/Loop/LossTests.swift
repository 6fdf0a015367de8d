import NegativeSpaceTensors
import NegativeSpaceTraining
import Testing

@Suite struct LossTests {
  // torch.nn.functional.cross_entropy(torch.tensor([[1., 2., 0.5], [0., -1., 3.], [2., 2., 2.]]),
  //   torch.tensor([1, 0, -100])) = 1.76512635; with a gradient of (softmax - one-hot) / 2 in the rows that count.
  @Test func crossEntropyIsTorchsAndLeavesNegativeTargetsOut() {
    let logits = Tensor([1, 2, 0.5, 0, -1, 3, 2, 2, 2], shape: [3, 3]).requiringGradient
    let loss = Losses.crossEntropy(logits, [1, 0, -1])
    #expect(abs(loss.item - 1.765_126_35) < 1e-5)
    let gradient = loss.gradients(of: [logits])[0].floats
    let expected: [Float] = [
      0.115_611_94, -0.185_734_15, 0.070_122_19, -0.476_693_69, 0.008_573_91, 0.468_119_77, 0, 0, 0,
    ]
    for (a, b) in zip(gradient, expected) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func accuracyCountsRowsWithATarget() {
    let logits = Tensor([1, 2, 0, 5, 1, 0, 0, 0, 9], shape: [3, 3])
    #expect(Losses.accuracy(logits, [1, 1, -1]) == 0.5)
  }
}
