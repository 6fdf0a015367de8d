import NegativeSpaceConfiguration

/// The denoiser of a single file: its configuration and its names, both found by walking through its blocks.
///
/// With layers along time between those of pictures it is ModelScope's, or of VideoCrafter's kind (`LVDMUNetLayout`).
struct LDMUNetLayout {
  /// As in diffusers' config.json.
  private(set) var fields: [String: JSONValue] = [:]
  private(set) var renaming = KeyRenaming()
  /// The latents' channels, and what is put beside them.
  let inChannels: Int
  /// Width of the text states.
  let textWidth: Int
  /// Whether transformers project with matrices, as in Stable Diffusion 2, or with 1×1 convolutions, as in 1.
  let isLinear: Bool
  /// Whether each layer has its twin along time.
  let isVideo: Bool
  /// The resolutions on the way down.
  private(set) var stages: [Stage] = []

  private let shapes: [String: [Int]]

  /// One resolution.
  struct Stage {
    var channels = 0
    var layers = 0
    var depth = 0

    /// The name of the block's class, in diffusers.
    func block(_ direction: String, _ isVideo: Bool) -> JSONValue {
      .string("\(depth > 0 ? "CrossAttn" : "")\(direction)Block\(isVideo ? 3 : 2)D")
    }
  }

  /// - Parameters:
  ///   - shapes: the denoiser's tensors without their common beginning.
  ///   - isControl: whether there is no way up, as in a ControlNet.
  ///   - file: for messages.
  /// - Throws: `CheckpointError`.
  init(_ shapes: [String: [Int]], isControl: Bool = false, file: String) throws {
    func incomplete(_ name: String) -> CheckpointError {
      .notAModel(file: file, what: "a \(isControl ? "ControlNet" : "denoiser") without \(name)")
    }
    func shape(_ name: String, rank: ClosedRange<Int>) throws -> [Int] {
      guard let shape = shapes[name], rank.contains(shape.count) else { throw incomplete(name) }
      return shape
    }
    self.shapes = shapes
    inChannels = try shape("input_blocks.0.0.weight", rank: 4...4)[1]
    textWidth = try shape("middle_block.1.transformer_blocks.0.attn2.to_k.weight", rank: 2...2)[1]
    isLinear = try shape("middle_block.1.proj_in.weight", rank: 2...4).count == 2
    // In the middle the second resnet is behind two transformers, not one.
    isVideo = shapes["middle_block.3.in_layers.0.weight"] != nil
    let outChannels = try isControl ? nil : shape("out.2.weight", rank: 4...4)[0]

    for pair in LDMTables.unetEnds { renaming.add(pair.old, pair.new) }
    let down = walkDown()
    stages = down
    walkMiddle()
    let up = isControl ? [] : walkUp()
    guard down.allSatisfy({ $0.layers > 0 }), isControl || down.count == up.count else {
      throw incomplete("some of its blocks")
    }
    fields = [
      "_class_name": .string(isVideo ? "UNet3DConditionModel" : "UNet2DConditionModel"),
      "act_fn": .string("silu"), "center_input_sample": .bool(false),
      "downsample_padding": .integer(1), "flip_sin_to_cos": .bool(true), "freq_shift": .integer(0),
      "mid_block_scale_factor": .integer(1), "norm_eps": .number(1e-5), "norm_num_groups": .integer(32),
      "in_channels": .integer(inChannels),
      "cross_attention_dim": .integer(textWidth),
      "block_out_channels": .array(down.map { .integer($0.channels) }),
      "layers_per_block": oneOrMany(down.map(\.layers)),
      "down_block_types": .array(down.map { $0.block("Down", isVideo) }),
    ]
    if let outChannels {
      fields["out_channels"] = .integer(outChannels)
      fields["up_block_types"] = .array(up.map { $0.block("Up", isVideo) })
    }
    guard !isVideo else {
      // Always 8 heads before the first block, of which this is the width.
      let inner = shapes["input_blocks.0.1.proj_in.weight"]?.first
      fields["attention_head_dim"] = inner.flatMap { $0 % 8 == 0 ? .integer($0 / 8) : nil }
      return
    }
    fields["use_linear_projection"] = .bool(isLinear)
    fields["transformer_layers_per_block"] = oneOrMany(down.map { max($0.depth, 1) })
    fields["attention_head_dim"] = heads(down.map(\.channels))
  }

  /// The number of heads, whatever diffusers calls it: 8 in Stable Diffusion 1; in 2, heads are 64 channels wide.
  private func heads(_ channels: [Int]) -> JSONValue? {
    guard isLinear else { return .integer(8) }
    return channels.allSatisfy { $0 % 64 == 0 } ? .array(channels.map { .integer($0 / 64) }) : nil
  }

  private func oneOrMany(_ values: [Int]) -> JSONValue {
    Set(values).count == 1 ? .integer(values[0]) : .array(values.map { .integer($0) })
  }

  // MARK: The walk

  private mutating func walkDown() -> [Stage] {
    var stages = [Stage()]
    for number in 1...shapes.count {
      let (old, last) = ("input_blocks.\(number)", stages.count - 1)
      if let convolution = shapes["\(old).0.out_layers.3.weight"], let channels = convolution.first {
        let depth = addLayer(old, "down_blocks.\(last)", index: stages[last].layers)
        stages[last] = Stage(channels: channels, layers: stages[last].layers + 1, depth: depth)
      } else if let place = ["0.op", "op"].first(where: { shapes["\(old).\($0).weight"] != nil }) {
        renaming.add("\(old).\(place)", "down_blocks.\(last).downsamplers.0.conv")
        stages.append(Stage())
      } else {
        break
      }
    }
    return stages
  }

  private mutating func walkMiddle() {
    let last = "middle_block.\(isVideo ? 3 : 2)"
    renaming.add("middle_block.0", "mid_block.resnets.0", parts: LDMTables.unetResnet)
    renaming.add("middle_block.1", "mid_block.attentions.0")
    renaming.add(last, "mid_block.resnets.1", parts: LDMTables.unetResnet)
    guard isVideo else { return }
    renaming.add("input_blocks.0.1", "transformer_in")
    renaming.add("middle_block.2", "mid_block.temp_attentions.0")
    renaming.add("middle_block.0.\(LDMTables.temporalConvolution)", "mid_block.temp_convs.0")
    renaming.add("\(last).\(LDMTables.temporalConvolution)", "mid_block.temp_convs.1")
  }

  private mutating func walkUp() -> [Stage] {
    var stages: [Stage] = []
    var stage = Stage()
    for number in 0..<shapes.count where shapes["output_blocks.\(number).0.out_layers.3.weight"] != nil {
      let (old, new) = ("output_blocks.\(number)", "up_blocks.\(stages.count)")
      stage.depth = addLayer(old, new, index: stage.layers)
      stage.layers += 1
      // Behind the transformers where there are any.
      for place in 1...3 where shapes["\(old).\(place).conv.weight"] != nil {
        renaming.add("\(old).\(place).conv", "\(new).upsamplers.0.conv")
        stages.append(stage)
        stage = Stage()
      }
    }
    return stages + [stage]
  }

  /// A resnet and the transformer behind it, whose depth is returned; 0 if there is none.
  private mutating func addLayer(_ old: String, _ new: String, index: Int) -> Int {
    renaming.add("\(old).0", "\(new).resnets.\(index)", parts: LDMTables.unetResnet)
    if isVideo {
      renaming.add("\(old).0.\(LDMTables.temporalConvolution)", "\(new).temp_convs.\(index)")
    }
    guard shapes["\(old).1.proj_in.weight"] != nil else { return 0 }
    renaming.add("\(old).1", "\(new).attentions.\(index)")
    if isVideo { renaming.add("\(old).2", "\(new).temp_attentions.\(index)") }
    let depth = (0..<shapes.count).first { shapes["\(old).1.transformer_blocks.\($0).norm1.weight"] == nil }
    return max(depth ?? 0, 1)
  }
}
