extension GenerationRequest {
  /// Reads a request; what is missing takes its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys, or standard: Value) throws -> Value {
      try values.decodeIfPresent(Value.self, forKey: key) ?? standard
    }
    self.init()
    prompt = try value(.prompt, or: prompt)
    negativePrompt = try value(.negativePrompt, or: negativePrompt)
    negativeEmbeddings = try value(.negativeEmbeddings, or: negativeEmbeddings)
    embeddings = try value(.embeddings, or: embeddings)
    promptWeighting = try value(.promptWeighting, or: promptWeighting)
    longPrompt = try value(.longPrompt, or: longPrompt)
    clipSkip = try value(.clipSkip, or: clipSkip)
    steps = try value(.steps, or: steps)
    guidanceScale = try value(.guidanceScale, or: guidanceScale)
    guidanceRescale = try value(.guidanceRescale, or: guidanceRescale)
    guidanceInterval = try value(.guidanceInterval, or: guidanceInterval)
    sampler = try value(.sampler, or: sampler)
    schedule = try value(.schedule, or: schedule)
    schedulerConfiguration = try value(.schedulerConfiguration, or: schedulerConfiguration)
    eta = try value(.eta, or: eta)
    seed = try value(.seed, or: seed)
    rng = try value(.rng, or: rng)
    initialLatents = try value(.initialLatents, or: initialLatents)
    noise = try value(.noise, or: noise)
    initialImage = try value(.initialImage, or: initialImage)
    initialVideo = try value(.initialVideo, or: initialVideo)
    strength = try value(.strength, or: strength)
    mask = try value(.mask, or: mask)
    vae = try value(.vae, or: vae)
    vaeTiling = try value(.vaeTiling, or: vaeTiling)
    loras = try value(.loras, or: loras)
    controls = try value(.controls, or: controls)
    width = try value(.width, or: width)
    height = try value(.height, or: height)
    frames = try value(.frames, or: frames)
    fps = try value(.fps, or: fps)
    fpsCondition = try value(.fpsCondition, or: fpsCondition)
    scale = try value(.scale, or: scale)
    dtype = try value(.dtype, or: dtype)
  }
}
