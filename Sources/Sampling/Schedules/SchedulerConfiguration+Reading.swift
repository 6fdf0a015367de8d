package import NegativeSpaceConfiguration

extension SchedulerConfiguration: ReadableConfiguration {
  package static let owner = "the scheduler"

  package init(_ config: ConfigFile) throws {
    className = try config.optional("_class_name")
    trainTimesteps = try config.optional("num_train_timesteps")
    betaStart = try config.optional("beta_start")
    betaEnd = try config.optional("beta_end")
    betaSchedule = try config.choice("beta_schedule")
    trainedBetas = try config.optional("trained_betas")
    rescaleBetasZeroSNR = try config.optional("rescale_betas_zero_snr")
    prediction = try config.choice("prediction_type")
    spacing = try config.choice("timestep_spacing")
    stepsOffset = try config.optional("steps_offset")
    useKarrasSigmas = try config.optional("use_karras_sigmas")
    useExponentialSigmas = try config.optional("use_exponential_sigmas")
    sigmaMin = try config.optional("sigma_min")
    sigmaMax = try config.optional("sigma_max")
    finalSigmas = try config.choice("final_sigmas_type")
    lambdaMinClipped = try config.optional("lambda_min_clipped").flatMap { $0.isFinite ? $0 : nil }
    setAlphaToOne = try config.optional("set_alpha_to_one")
    clipSample = try config.optional("clip_sample")
    clipSampleRange = try config.optional("clip_sample_range")
    solverOrder = try config.optional("solver_order")
    algorithm = try config.optional("algorithm_type")
    solver = try config.optional("solver_type")
    lowerOrderFinal = try config.optional("lower_order_final")
    eulerAtFinal = try config.optional("euler_at_final")
    predictX0 = try config.optional("predict_x0")
    disableCorrector = try config.optional("disable_corrector")
    skipPRKSteps = try config.optional("skip_prk_steps")
    originalInferenceSteps = try config.optional("original_inference_steps")
    timestepScaling = try config.optional("timestep_scaling")
    varianceType = try config.optional("variance_type")
    useScale = try config.optional("use_scale")
    scaleA = try config.optional("scale_a")
    scaleB = try config.optional("scale_b")
    midStep = try config.optional("mid_step")
    thresholding = try config.optional("thresholding")
    useBetaSigmas = try config.optional("use_beta_sigmas")
    useLuLambdas = try config.optional("use_lu_lambdas")
    useFlowSigmas = try config.optional("use_flow_sigmas")
    hasSolverP = config["solver_p"] != nil
    interpolation = try config.optional("interpolation_type")
    timestepType = try config.optional("timestep_type")
  }

  /// A value that this configuration should not have.
  static func error(_ key: String, found: String, expected: String) -> ConfigurationError {
    .wrongValue(owner: owner, key: key, found: found, expected: expected)
  }
}
