import Foundation
import Testing

@testable import NegativeSpaceSampling

struct SchedulerConfigurationTests {
  @Test func theBareInfinityOfDPMSolverFilesIsRead() throws {
    let text = #"{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "steps_offset": 1}"#
    let configuration = try SchedulerConfiguration(json: Data(text.utf8))
    #expect(configuration.lambdaMinClipped == nil)
    #expect(configuration.stepsOffset == 1)
  }

  @Test func stringsKeepTheirInfinity() throws {
    let text = #"{"a": "-Infinity \" NaN", "b": [NaN, Infinity, -Infinity]}"#
    let cleaned = String(decoding: withoutBareNumbers(Data(text.utf8)), as: UTF8.self)
    #expect(cleaned == #"{"a": "-Infinity \" NaN", "b": [null, null, null]}"#)
  }

  @Test func anAbsentFieldTakesTheDefaultOfTheClassItIsGivenTo() throws {
    // Stable Diffusion 1.5's own file, written for PNDM: DDIM spaces leading by default, DPM-Solver linspace.
    let text = #"""
      {"_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
       "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1,
       "trained_betas": null, "clip_sample": false}
      """#
    let configuration = try SchedulerConfiguration(json: Data(text.utf8))
    #expect(try SamplerName.ddim.sampler(configuration, steps: 4).timesteps == [751, 501, 251, 1])
    #expect(try SamplerName.dpmpp2M.sampler(configuration, steps: 4).timesteps == [999, 749, 500, 250])
  }

  @Test(
    "A file that cannot be used is refused with the key that is to blame",
    arguments: [
      ("", "", "JSON"),
      ("[1, 2]", "", "it should be"),
      (#"{"beta_start": "small"}"#, "beta_start", "it should be Double"),
      (#"{"prediction_type": "flow_prediction"}"#, "prediction_type", "is not one of epsilon, v_prediction, sample"),
      (#"{"beta_schedule": "sigmoid"}"#, "beta_schedule", "is not one of linear"),
      (#"{"num_train_timesteps": 0}"#, "num_train_timesteps", "0 is not between 2 and 1000000"),
      (#"{"num_train_timesteps": 900000000000}"#, "num_train_timesteps", "is not between"),
      (#"{"beta_end": 2.0}"#, "beta_start or beta_end", "is not between 0 and 1"),
      (#"{"trained_betas": [0.1, 0.2]}"#, "trained_betas", "2 values for 1000"),
      (#"{"trained_betas": [0.1, -0.2], "num_train_timesteps": 2}"#, "trained_betas", "-0.2 is not between 0 and 1"),
      (#"{"steps_offset": -4}"#, "steps_offset", "-4 is not between 0 and 1000"),
      (#"{"use_karras_sigmas": true, "use_exponential_sigmas": true}"#, "use_karras_sigmas", "only one can be"),
      (#"{"use_karras_sigmas": true, "sigma_min": -1.0}"#, "sigma_min", "-1.0 is not a positive number"),
    ])
  func badFilesAreRefused(text: String, key: String, problem: String) throws {
    let error = #expect(throws: SamplingError.self) {
      let configuration = try SchedulerConfiguration(json: Data(text.utf8))
      _ = try SamplerName.euler.sampler(configuration, steps: 2)
    }
    guard case .configuration(let foundKey, let foundProblem) = try #require(error) else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(foundKey == key)
    #expect(foundProblem.contains(problem), "\(foundProblem)")
  }
}
