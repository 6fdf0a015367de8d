/// A diffusers `scheduler_config.json`, whichever scheduler class wrote it.
///
/// Every field may be absent. Defaults differ by class, so they stand in the schedulers, and a model's configuration
/// can be given to another sampler as diffusers' `from_config` does: shared keys apply, absent ones take the new
/// class's default.
package struct SchedulerConfiguration: Sendable, Equatable {
  /// The scheduler class, for example `DDIMScheduler`.
  package var className: String?

  // MARK: The noise schedule of training
  package var trainTimesteps: Int?
  package var betaStart: Double?
  package var betaEnd: Double?
  package var betaSchedule: BetaSchedule?
  package var trainedBetas: [Double]?
  package var rescaleBetasZeroSNR: Bool?
  package var prediction: Prediction?

  // MARK: The steps
  package var spacing: TimestepSpacing?
  package var stepsOffset: Int?
  package var useKarrasSigmas: Bool?
  package var useExponentialSigmas: Bool?
  package var sigmaMin: Double?
  package var sigmaMax: Double?
  package var finalSigmas: FinalSigma?
  /// nil also for the `-Infinity` that diffusers writes.
  package var lambdaMinClipped: Double?

  // MARK: DDIM and its kin
  package var setAlphaToOne: Bool?
  package var clipSample: Bool?
  package var clipSampleRange: Double?

  // MARK: DPM-Solver
  package var solverOrder: Int?
  package var algorithm: String?
  package var solver: String?
  package var lowerOrderFinal: Bool?
  package var eulerAtFinal: Bool?

  // MARK: UniPC
  package var predictX0: Bool?
  package var disableCorrector: [Int]?

  // MARK: PNDM
  package var skipPRKSteps: Bool?

  // MARK: LCM
  package var originalInferenceSteps: Int?
  package var timestepScaling: Double?

  // MARK: DDPM
  package var varianceType: String?

  // MARK: VideoCrafter's DDIM, as its yaml names them
  package var useScale: Bool?
  package var scaleA: Double?
  package var scaleB: Double?
  package var midStep: Int?

  // MARK: Present only to be refused
  package var thresholding: Bool?
  package var useBetaSigmas: Bool?
  package var useLuLambdas: Bool?
  package var useFlowSigmas: Bool?
  /// Whether UniPC is to take its predictor from another scheduler.
  package var hasSolverP: Bool?
  package var interpolation: String?
  package var timestepType: String?

  /// The defaults of whatever scheduler it is given to.
  package init() {}
}

/// The course of the betas over training.
package enum BetaSchedule: String, CaseIterable, Sendable {
  case linear
  /// Linear in the square root: Stable Diffusion's.
  case scaledLinear = "scaled_linear"
  /// The cosine schedule of Nichol and Dhariwal (arXiv:2102.09672).
  case cosine = "squaredcos_cap_v2"
}

/// The spacing of the steps over the timesteps of training (arXiv:2305.08891, table 2).
package enum TimestepSpacing: String, CaseIterable, Sendable {
  case linspace, leading, trailing
}

/// The noise level after the last step.
package enum FinalSigma: String, CaseIterable, Sendable {
  case zero
  /// The lowest of training.
  case sigmaMin = "sigma_min"
}
