import Testing

@testable import Sampling

struct SamplerNameTests {
  @Test("A sampler is found by its short name and by its class", arguments: SamplerName.allCases)
  func namesAreFound(name: SamplerName) throws {
    #expect(try SamplerName(named: name.rawValue) == name)
    #expect(try SamplerName(named: name.className) == name)
  }

  @Test func anUnknownSamplerIsAnsweredWithTheKnownOnes() {
    let error = #expect(throws: SamplingError.self) { try SamplerName(named: "heun9") }
    #expect(error?.description.contains("heun9. Choose one of ddim, dpmpp_2m, euler, euler_a") == true)
  }

  @Test("The number of steps must fit the schedule", arguments: SamplerName.allCases, [-1, 0, 1001])
  func stepsMustFit(name: SamplerName, steps: Int) {
    #expect(throws: SamplingError.steps(asked: steps, most: 1000)) {
      try name.sampler(SchedulerConfiguration(), steps: steps)
    }
  }

  @Test func ddimHasNoLevelsToChoose() {
    #expect(throws: SamplingError.self) {
      try SamplerName.ddim.sampler(SchedulerConfiguration(), steps: 5, schedule: .karras)
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
    #expect(sampler.firstCall(strength: 1) == 0)
    #expect(sampler.firstCall(strength: 0.75) == 3)
    #expect(sampler.firstCall(strength: 0) == 10)
  }
}
