import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// Records of the branches of guidance, the call from which they are left, and the conditioning at each call.
struct GuidedDenoiserTests {
  private let network: UNet2DConditionModel
  private let latents = Formula.tensor("latents", [2, 8, 8, 4])

  init() throws {
    var configuration = UNet2DConditionConfiguration()
    (configuration.blockOutChannels, configuration.normNumGroups) = ([8, 16], 4)
    (configuration.downBlocks, configuration.upBlocks) = ([.crossAttention, .plain], [.plain, .crossAttention])
    (configuration.layersPerBlock, configuration.attentionHeadDim, configuration.crossAttentionDim) = ([1], [2], 12)
    network = try UNet2DConditionModel(configuration, WeightScope(FormulaWeights()))
  }

  private func states(_ name: String, batch: Int = 2) -> Tensor { Formula.tensor(name, [batch, 5, 12]) }

  private func guided(
    _ positive: Tensor, _ negative: Tensor, _ recorded: GuidedDenoiser.RecordedBranches = .both
  ) -> GuidedDenoiser {
    let conditioning = Conditioning(positive: positive, negative: negative)
    var guided = GuidedDenoiser(network, Guidance(scale: 7.5)) { _ in conditioning }
    guided.recorded = recorded
    return guided
  }

  private func call(_ index: Int) -> ModelCall { ModelCall(index: index, count: 4, timestep: 500) }

  private func run(_ guided: GuidedDenoiser, steps: Int = 4) throws -> Denoising {
    let configuration = SchedulerConfiguration()
    return Denoising(
      try SamplerName.ddim.sampler(configuration, steps: steps), initialNoise: latents,
      noise: RandomNoise(TorchRandom(seed: 0)), prediction: guided.prediction())
  }

  @Test func `Recorded alone, the negative has the gradient that it has beside the prompt, and the prompt has none`()
    throws
  {
    func gradients(_ recorded: GuidedDenoiser.RecordedBranches) throws -> [Tensor] {
      let (positive, negative) = (states("p").requiringGradient, states("n", batch: 1).requiringGradient)
      let output = try guided(positive, negative, recorded).prediction()(latents, call(0))
      return output.square().mean().gradients(of: [positive, negative])
    }
    let (both, alone) = (try gradients(.both), try gradients(.negative))
    #expect(relativeDistance(alone[1], both[1]) < 1e-5)
    #expect(both[0].floats.contains { $0 != 0 } && alone[0].floats.allSatisfy { $0 == 0 })
  }

  @Test func `One negative for a batch is told to each of its samples`() throws {
    let negative = states("n", batch: 1)
    let output = try guided(states("p"), negative).prediction()(latents, call(0))
    for sample in 0..<2 {
      func part(_ x: Tensor) -> Tensor { x.slice(axis: 0, from: sample, to: sample + 1) }
      let alone = try guided(part(states("p")), negative).prediction()(part(latents), call(0))
      #expect(relativeDistance(part(output), alone) < 1e-5, "sample \(sample)")
    }
  }

  @Test func `Branches of other lengths give what two calls combine to`() throws {
    let long = Formula.tensor("long", [2, 10, 12])
    let output = try guided(long, states("n")).prediction()(latents, call(0))
    let (wanted, avoided) = (
      network(latents, timesteps: [500], text: long), network(latents, timesteps: [500], text: states("n"))
    )
    #expect(relativeDistance(output, avoided + 7.5 * (wanted - avoided)) < 1e-5)
  }

  @Test func `What the branches are told may change from call to call`() throws {
    let told = [0, 1].map { Conditioning(positive: states("p"), negative: states("n\($0)")) }
    let prediction = GuidedDenoiser(network, Guidance(scale: 7.5)) { told[$0.index % 2] }.prediction()
    for index in 0..<3 {
      let expected = try guided(states("p"), states("n\(index % 2)")).prediction()(latents, call(index))
      #expect(try prediction(latents, call(index)).floats == expected.floats, "call \(index)")
    }
  }

  @Test func `Steps that are advanced over leave no record, those after them do`() throws {
    let negative = states("n").requiringGradient
    var run = try run(guided(states("p"), negative))
    try run.advance(to: 3)
    #expect(run.upcoming?.index == 3 && !run.latents.needsGradient)
    let estimate = try #require(try run.estimate())
    #expect(estimate.needsGradient && run.upcoming?.index == 3)
    let last = try run.run()
    let gradient = last.mean().gradients(of: [negative])[0]

    // The same last step from latents that know nothing of the negative.
    var plain = try self.run(guided(states("p"), states("n")))
    try plain.advance(to: 3)
    let again = states("n").requiringGradient
    var late = Denoising(
      plain.sampler, latents: plain.latents, from: 3, noise: RandomNoise(TorchRandom(seed: 0)),
      prediction: guided(states("p"), again).prediction())
    #expect(try late.run().floats == last.floats)
    #expect(late.latents.mean().gradients(of: [again])[0].floats == gradient.floats)
  }
}
