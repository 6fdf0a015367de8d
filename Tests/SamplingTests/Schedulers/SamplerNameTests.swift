import Testing

@testable import NegativeSpaceSampling

struct SamplerNameTests {
  @Test("A sampler is found by its short name and by its class", arguments: SamplerName.allCases)
  func namesAreFound(name: SamplerName) throws {
    #expect(try SamplerName(named: name.rawValue) == name)
    #expect(try SamplerName(named: name.className) == name)
  }

  @Test func anUnknownSamplerIsAnsweredWithTheKnownOnes() {
    let error = #expect(throws: SamplingError.self) { try SamplerName(named: "heun9") }
    #expect(
      error?.description.contains("heun9. Choose one of ddim, dpmpp_2m, euler, euler_a, unipc, pndm, lcm") == true)
  }

  @Test func aModelsUnknownSchedulerIsAnsweredWithTheKnownOnesAndTheRemedy() throws {
    var configuration = SchedulerConfiguration()
    #expect(try SamplerName(of: configuration) == .ddim)
    configuration.className = "PNDMScheduler"
    #expect(try SamplerName(of: configuration) == .pndm)
    for name in [
      "DPMSolverSinglestepScheduler", "KDPM2DiscreteScheduler", "HeunDiscreteScheduler", "DEISMultistepScheduler",
    ] {
      configuration.className = name
      let error = #expect(throws: SamplingError.self) { try SamplerName(of: configuration) }
      #expect(error?.description.contains("a \(name), which does not exist here; known: DDIMScheduler, ") == true)
      #expect(error?.description.contains("with `sampler` ddim, dpmpp_2m,") == true)
    }
  }

  @Test("The number of steps must fit the schedule", arguments: SamplerName.allCases, [-1, 0, 1001])
  func stepsMustFit(name: SamplerName, steps: Int) {
    // LCM takes its steps from those it was distilled with.
    #expect(throws: SamplingError.steps(asked: steps, most: name == .lcm ? 50 : 1000)) {
      try name.sampler(SchedulerConfiguration(), steps: steps)
    }
  }

  @Test(
    "Samplers between timesteps of training have no levels to choose",
    arguments: [SamplerName.ddim, .pndm, .lcm, .ddpm])
  func levelsCannotBeChosen(name: SamplerName) {
    #expect(throws: SamplingError.self) {
      try name.sampler(SchedulerConfiguration(), steps: 5, schedule: .karras)
    }
  }

  @Test func anEndWithoutNoiseTakesAFirstOrderStepOnCleanSamples() {
    for change in [\SchedulerConfiguration.lowerOrderFinal, \.predictX0] {
      var configuration = SchedulerConfiguration()
      configuration[keyPath: change] = false
      #expect(throws: SamplingError.self) { try SamplerName.unipc.sampler(configuration, steps: 5) }
    }
  }

  @Test func aChosenScheduleReplacesTheModels() throws {
    var karras = SchedulerConfiguration()
    karras.useKarrasSigmas = true
    let chosen = try SamplerName.euler.sampler(SchedulerConfiguration(), steps: 6, schedule: .karras)
    #expect(try chosen.timesteps == SamplerName.euler.sampler(karras, steps: 6).timesteps)
    let plain = try SamplerName.euler.sampler(karras, steps: 6, schedule: .discrete)
    #expect(try plain.timesteps == SamplerName.euler.sampler(SchedulerConfiguration(), steps: 6).timesteps)
  }

  @Test("Variants that do not exist here are refused by name")
  func unsupportedVariantsAreRefused() throws {
    var configuration = SchedulerConfiguration()
    configuration.algorithm = "sde-dpmsolver++"
    let error = #expect(throws: SamplingError.self) {
      try SamplerName.dpmpp2M.sampler(configuration, steps: 5)
    }
    #expect(error?.description.contains("algorithm_type = sde-dpmsolver++ is not supported") == true)
  }

  @Test func aNoisePredictorCannotStartWithoutSignal() throws {
    var configuration = SchedulerConfiguration()
    configuration.rescaleBetasZeroSNR = true
    configuration.spacing = .trailing
    #expect(throws: SamplingError.noSignal(timestep: 999)) {
      try SamplerName.ddim.sampler(configuration, steps: 5)
    }
  }

  /// 1000 / (1000 / 61) rounds up, for which numpy.arange gives a 62nd timestep of −1.
  @Test func trailingTimestepsAreAsManyAsAskedFor() throws {
    var configuration = SchedulerConfiguration()
    configuration.spacing = .trailing
    let timesteps = try SamplerName.ddim.sampler(configuration, steps: 61).timesteps
    #expect(timesteps.count == 61)
    #expect(timesteps.first == 999)
    #expect(timesteps.last == 15)
  }

  @Test func strengthChoosesTheFirstCall() throws {
    let sampler = try SamplerName.ddim.sampler(SchedulerConfiguration(), steps: 10)
    #expect(sampler.firstCall(strength: 1, steps: 10) == 0)
    #expect(sampler.firstCall(strength: 0.75, steps: 10) == 3)
    #expect(sampler.firstCall(strength: 0, steps: 10) == 10)
    // In Python, 100 * 0.29 is a little less than 29.
    #expect(
      try SamplerName.ddim.sampler(SchedulerConfiguration(), steps: 100).firstCall(strength: 0.29, steps: 100) == 72)
    // PNDM makes a call more than steps; diffusers counts the steps.
    var skipping = SchedulerConfiguration()
    skipping.skipPRKSteps = true
    let pndm = try SamplerName.pndm.sampler(skipping, steps: 10)
    #expect(pndm.timesteps.count == 11)
    #expect(pndm.firstCall(strength: 0.5, steps: 10) == 5)
  }
}
