import NegativeSpaceConfiguration
import NegativeSpaceNetworks
import NegativeSpaceWeights

/// A network that lies alone, in a folder or a file of its own: ControlNets, autoencoders, motion adapters and text
/// encoders.
struct LonePart {
  let network: KnownNetwork
  let readers: [any TensorReader]
  /// Throws `WeightMismatch` where the weights are not those that the network needs.
  let check: () throws -> Void
  /// Its purpose, in a sentence or two.
  let use: String
  private(set) var textWidth: Int?
  private(set) var factor: Int?

  /// - Returns: nil for whole models and for everything else.
  /// - Throws: errors in the network's files; `ModelError` where there is nothing.
  init?(recognising path: String, _ options: ModelOptions) throws {
    if try existingKind(path) == .folder {
      guard let network = try KnownNetwork(ofFolder: path) else { return nil }
      let part = try ComponentFolder(path: path, variant: options.variant)
      try self.init(network, part, path: path)
    } else {
      let reader = try openTensorFile(path)
      if MotionAdapterFile.isOne(reader.entries.keys) {
        try self.init(.motionAdapter, MotionAdapterFile(path: path), path: path)
      } else if ControlNetFile.isOne(reader.entries.keys) {
        try self.init(.controlNet, ControlNetFile(path: path), path: path)
      } else if let part = try TextEncoderFile(reader, config: options.config) {
        try self.init(.textEncoder, part, path: path)
      } else if AutoencoderFile.isOne(reader.entries.keys)
        || ["", "decoder.layers."].contains(where: { TAESDList(reader.entries, prefix: $0) != nil })
      {
        try self.init(AutoencoderFiles(path: path))
      } else {
        return nil
      }
    }
  }

  private init(_ network: KnownNetwork, _ part: some ModelPart, path: String) throws {
    self.network = network
    readers = try part.readers()
    check = { _ = try network.weights(of: part) }
    switch network {
    case .motionAdapter:
      let configuration: MotionAdapterConfiguration = try part.config().decode()
      use =
        "For a picture model with \(configuration.blockOutChannels) channels, up to \(configuration.maxSeqLength) frames, "
        + "\(configuration.useMidBlock ? "with" : "without") a module in the middle. Use it with \(field: .motionAdapter)."
    case .controlNet:
      let configuration: ControlNetConfiguration = try part.config().decode()
      textWidth = configuration.unet.crossAttentionDim
      use = "Use it with \(field: .controlNet), on a model with text states of the same width."
    case .textEncoder:
      let configuration: CLIPTextConfiguration = try part.config().decode()
      textWidth = configuration.encoder.width
      use = "\(configuration.encoder.layers) layers. Use it with `embedding encode`."
    case .autoencoder:
      factor = try part.config().latentCodec().factor
      use = "Use it with \(field: .vae)."
    case .denoiser:
      use = "Use it in its model's folder."
    }
  }

  private init(_ files: AutoencoderFiles) {
    network = .autoencoder(type(of: files.configuration).className)
    readers = files.allReaders
    check = { try files.check() }
    factor = files.configuration.factor
    use = "Use it with \(field: .vae)."
  }
}
