import NegativeSpaceConfiguration
import Testing

@testable import NegativeSpaceSampling

struct SchedulerConfigurationTests {
  @Test func theBareInfinityOfDPMSolverFilesIsRead() throws {
    let text = #"{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "steps_offset": 1}"#
    let configuration = try SchedulerConfiguration.read(text)
    #expect(configuration.lambdaMinClipped == nil)
    #expect(configuration.stepsOffset == 1)
  }

  @Test func anAbsentFieldTakesTheDefaultOfTheClassItIsGivenTo() throws {
    // Stable Diffusion 1.5's own file, written for PNDM: DDIM spaces leading by default, DPM-Solver linspace.
    let text = #"""
      {"_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
       "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1,
       "trained_betas": null, "clip_sample": false}
      """#
    let configuration = try SchedulerConfiguration.read(text)
    #expect(try SamplerName.ddim.sampler(configuration, steps: 4).timesteps == [751, 501, 251, 1])
    #expect(try SamplerName.dpmpp2M.sampler(configuration, steps: 4).timesteps == [999, 749, 500, 250])
  }

  @Test(
    "A file that cannot be used is refused with the key that is to blame",
    arguments: [
      ("", "x.json is not valid JSON at byte 0"),
      ("[1, 2]", "x.json: It holds a list of 2, not a JSON object"),
      (
        #"{"beta_start": "small"}"#,
        #"x.json: the scheduler: the configuration says beta_start = "small", expected a number."#
      ),
      (
        #"{"prediction_type": "flow_prediction"}"#,
        "prediction_type = flow_prediction, expected one of epsilon, v_prediction, sample."
      ),
      (#"{"beta_schedule": "sigmoid"}"#, "beta_schedule = sigmoid, expected one of linear"),
      (#"{"num_train_timesteps": 0}"#, "num_train_timesteps = 0, expected 2 to 1000000."),
      (#"{"num_train_timesteps": 900000000000}"#, "num_train_timesteps = 900000000000, expected 2 to"),
      (#"{"beta_end": 2.0}"#, "beta_start or beta_end = 1.001051, expected betas between 0 and 1."),
      (#"{"trained_betas": [0.1, 0.2]}"#, "trained_betas = 2 values, expected 1000"),
      (
        #"{"trained_betas": [0.1, -0.2], "num_train_timesteps": 2}"#,
        "trained_betas = -0.2, expected betas between 0 and 1."
      ),
      (#"{"steps_offset": -4}"#, "steps_offset = -4, expected 0 to 1000."),
      (
        #"{"use_karras_sigmas": true, "use_exponential_sigmas": true}"#,
        "use_karras_sigmas = true, expected false, since use_exponential_sigmas is true too."
      ),
      (#"{"use_karras_sigmas": true, "sigma_min": -1.0}"#, "sigma_min = -1.0, expected a number above 0."),
    ])
  func badFilesAreRefused(text: String, words: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      _ = try SamplerName.euler.sampler(SchedulerConfiguration.read(text), steps: 2)
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }
}
