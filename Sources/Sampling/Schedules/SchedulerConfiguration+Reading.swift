package import Foundation

extension SchedulerConfiguration: Decodable {
  private enum CodingKeys: String, CodingKey {
    case className = "_class_name"
    case trainTimesteps = "num_train_timesteps"
    case betaStart = "beta_start"
    case betaEnd = "beta_end"
    case betaSchedule = "beta_schedule"
    case trainedBetas = "trained_betas"
    case rescaleBetasZeroSNR = "rescale_betas_zero_snr"
    case prediction = "prediction_type"
    case spacing = "timestep_spacing"
    case stepsOffset = "steps_offset"
    case useKarrasSigmas = "use_karras_sigmas"
    case useExponentialSigmas = "use_exponential_sigmas"
    case sigmaMin = "sigma_min"
    case sigmaMax = "sigma_max"
    case finalSigmas = "final_sigmas_type"
    case lambdaMinClipped = "lambda_min_clipped"
    case setAlphaToOne = "set_alpha_to_one"
    case clipSample = "clip_sample"
    case clipSampleRange = "clip_sample_range"
    case solverOrder = "solver_order"
    case algorithm = "algorithm_type"
    case solver = "solver_type"
    case lowerOrderFinal = "lower_order_final"
    case eulerAtFinal = "euler_at_final"
    case predictX0 = "predict_x0"
    case disableCorrector = "disable_corrector"
    case skipPRKSteps = "skip_prk_steps"
    case originalInferenceSteps = "original_inference_steps"
    case timestepScaling = "timestep_scaling"
    case varianceType = "variance_type"
    case useScale = "use_scale"
    case scaleA = "scale_a"
    case scaleB = "scale_b"
    case midStep = "mid_step"
    case thresholding
    case useBetaSigmas = "use_beta_sigmas"
    case useLuLambdas = "use_lu_lambdas"
    case useFlowSigmas = "use_flow_sigmas"
    case solverP = "solver_p"
    case interpolation = "interpolation_type"
    case timestepType = "timestep_type"
  }

  /// Reads the bytes of a `scheduler_config.json`, bare `Infinity` and `NaN` included.
  ///
  /// - Throws: `SamplingError.configuration` naming the key, what it holds and what it may hold.
  package init(json: Data) throws {
    do {
      self = try JSONDecoder().decode(Self.self, from: withoutBareNumbers(json))
    } catch let error as DecodingError {
      throw SamplingError(error)
    }
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func optional<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
      try values.decodeIfPresent(Value.self, forKey: key)
    }
    func choice<Value: RawRepresentable<String> & CaseIterable>(_ key: CodingKeys) throws -> Value? {
      guard let name = try values.decodeIfPresent(String.self, forKey: key) else { return nil }
      if let value = Value(rawValue: name) { return value }
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw SamplingError.configuration(key: key.rawValue, problem: "\"\(name)\" is not one of \(known)")
    }

    className = try optional(.className)
    trainTimesteps = try optional(.trainTimesteps)
    betaStart = try optional(.betaStart)
    betaEnd = try optional(.betaEnd)
    betaSchedule = try choice(.betaSchedule)
    trainedBetas = try optional(.trainedBetas)
    rescaleBetasZeroSNR = try optional(.rescaleBetasZeroSNR)
    prediction = try choice(.prediction)
    spacing = try choice(.spacing)
    stepsOffset = try optional(.stepsOffset)
    useKarrasSigmas = try optional(.useKarrasSigmas)
    useExponentialSigmas = try optional(.useExponentialSigmas)
    sigmaMin = try optional(.sigmaMin)
    sigmaMax = try optional(.sigmaMax)
    finalSigmas = try choice(.finalSigmas)
    lambdaMinClipped = try optional(.lambdaMinClipped)
    setAlphaToOne = try optional(.setAlphaToOne)
    clipSample = try optional(.clipSample)
    clipSampleRange = try optional(.clipSampleRange)
    solverOrder = try optional(.solverOrder)
    algorithm = try optional(.algorithm)
    solver = try optional(.solver)
    lowerOrderFinal = try optional(.lowerOrderFinal)
    eulerAtFinal = try optional(.eulerAtFinal)
    predictX0 = try optional(.predictX0)
    disableCorrector = try optional(.disableCorrector)
    skipPRKSteps = try optional(.skipPRKSteps)
    originalInferenceSteps = try optional(.originalInferenceSteps)
    timestepScaling = try optional(.timestepScaling)
    varianceType = try optional(.varianceType)
    useScale = try optional(.useScale)
    scaleA = try optional(.scaleA)
    scaleB = try optional(.scaleB)
    midStep = try optional(.midStep)
    thresholding = try optional(.thresholding)
    useBetaSigmas = try optional(.useBetaSigmas)
    useLuLambdas = try optional(.useLuLambdas)
    useFlowSigmas = try optional(.useFlowSigmas)
    hasSolverP = try values.contains(.solverP) && !values.decodeNil(forKey: .solverP)
    interpolation = try optional(.interpolation)
    timestepType = try optional(.timestepType)
  }
}

/// JSON with the bare `Infinity`, `-Infinity` and `NaN` that Python writes replaced by `null`; strings stay as they are.
func withoutBareNumbers(_ json: Data) -> Data {
  let words = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }
  let bytes = Array(json)
  var cleaned: [UInt8] = []
  cleaned.reserveCapacity(bytes.count)
  var position = 0
  var inString = false
  while position < bytes.count {
    let byte = bytes[position]
    if inString {
      if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
        cleaned.append(byte)
        position += 1
      } else if byte == UInt8(ascii: "\"") {
        inString = false
      }
    } else if byte == UInt8(ascii: "\"") {
      inString = true
    } else if let word = words.first(where: { bytes[position...].starts(with: $0) }) {
      cleaned += Array("null".utf8)
      position += word.count
      continue
    }
    cleaned.append(bytes[position])
    position += 1
  }
  return Data(cleaned)
}

extension SamplingError {
  fileprivate init(_ error: DecodingError) {
    switch error {
    case .typeMismatch(let type, let context):
      self = .configuration(key: context.key, problem: "it should be \(type)")
    case .valueNotFound(let type, let context):
      self = .configuration(key: context.key, problem: "it should be \(type) and is null")
    case .keyNotFound(let key, _):
      self = .configuration(key: key.stringValue, problem: "it is missing")
    case .dataCorrupted(let context):
      self = .configuration(key: context.key, problem: context.debugDescription)
    @unknown default:
      self = .configuration(key: "", problem: "\(error)")
    }
  }
}

extension DecodingError.Context {
  fileprivate var key: String { codingPath.first?.stringValue ?? "" }
}
