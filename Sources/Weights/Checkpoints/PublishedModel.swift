import NegativeSpaceConfiguration

/// Facts about the published models that stand in no tensor: classes, schedules, sizes.
enum PublishedModel {
  /// Prediction types, as diffusers calls them.
  static let noise = "epsilon"
  static let velocity = "v_prediction"

  /// The pipeline's class by the channels that the denoiser is given.
  static let pipelines: [Int: String] = [
    4: "StableDiffusionPipeline", 5: "StableDiffusionDepth2ImgPipeline", 7: "StableDiffusionUpscalePipeline",
    8: "StableDiffusionInstructPix2PixPipeline", 9: "StableDiffusionInpaintPipeline",
  ]

  /// VideoCrafter's pipeline; diffusers has none.
  static let videoCrafter = "VideoCrafterPipeline"

  /// Pixels of an edge: only the models of 768 pixels predict velocities.
  static func side(_ prediction: String) -> Int { prediction == velocity ? 768 : 512 }

  static func schedulerClass(_ prediction: String) -> ComponentClass {
    ComponentClass(library: "diffusers", name: prediction == velocity ? "DDIMScheduler" : "PNDMScheduler")
  }

  /// The scheduler_config.json of the published folders: PNDM, and DDIM for the models that predict velocities.
  static func scheduler(_ prediction: String) -> [String: JSONValue] {
    var fields: [String: JSONValue] = [
      "num_train_timesteps": .integer(1000), "beta_start": .number(0.00085), "beta_end": .number(0.012),
      "beta_schedule": .string("scaled_linear"), "prediction_type": .string(prediction), "steps_offset": .integer(1),
      "set_alpha_to_one": .bool(false), "clip_sample": .bool(false), "trained_betas": .null,
    ]
    fields["_class_name"] = .string(schedulerClass(prediction).name)
    if prediction == noise { fields["skip_prk_steps"] = .bool(true) }
    return fields
  }
}
