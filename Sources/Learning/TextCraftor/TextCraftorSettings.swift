public import NegativeSpacePipelines
import NegativeSpaceSampling

/// Settings for tuning a text encoder, or a denoiser, by rewards (TextCraftor, arXiv:2403.18978); the paper's numbers, and
/// its authors' where it gives none.
public struct TextCraftorSettings: Sendable, Hashable {
  /// The weights that are learned.
  public enum Form: Sendable, Hashable {
    /// All of the network's.
    case whole
    /// Those of a LoRA on it; what is added is alpha / rank times its product.
    case lora(rank: Int, alpha: Float? = nil, layers: Layers = .attention)
  }

  /// The layers that a LoRA adds to.
  public enum Layers: String, Sendable, CaseIterable {
    /// The projections of attention, as diffusers' scripts have it.
    case attention
    /// All linear layers, as kohya's have it.
    case linear
  }

  /// The timesteps of a run.
  public enum Grid: String, Sendable, CaseIterable {
    /// The authors' for 25 steps: 999, 959, …, 39; of any number of steps the last is the noisiest of training.
    case authors
    /// The model's own.
    case model
  }

  /// The text embedding that a `clipScore` among the rewards compares pictures with.
  public enum Constraint: String, Sendable, CaseIterable {
    /// That of the reward's own text tower, which does not change: the authors' code.
    case frozen
    /// That of the encoder that is being tuned: the paper's equation 8.
    case tuned
  }

  /// The way of pictures to the size that a reward's tower wants.
  public enum Preparation: String, Sendable, CaseIterable {
    /// Bicubic, then the middle: as the rewards' own libraries.
    case bicubic
    /// Means over cells: as the authors' code.
    case pooled
  }

  /// The memory that the way back is given.
  public enum Checkpointing: String, Sendable, CaseIterable {
    /// Everything is remembered.
    case none
    /// Each call of the denoiser is computed again as a whole: the authors' way.
    case calls
    /// Each of its layers is computed again: as fast, and less at once.
    case layers
  }

  /// The network that is tuned; the other stays as it is.
  public var network = TunedNetwork.Network.textEncoder
  /// The weights of it that are learned.
  public var form = Form.whole
  /// Steps of a whole DDIM run.
  public var samplingSteps = 25
  /// The last steps, K, which are recorded; the tuned encoder holds in them alone.
  public var recordedSteps = 5
  /// The last steps of a run in which the tuned encoder holds where results are looked at; nil is 15 of 25, as the
  /// authors test.
  public var testedSteps: Int?
  /// Strength of guidance, in learning and in validation; at 1 and below the prompt's row alone is learned from.
  public var guidanceScale: Float = 7.5
  /// The timesteps of a run.
  public var grid = Grid.authors
  /// What the pictures of a `clipScore` among the rewards are compared with.
  public var constraint = Constraint.frozen
  /// How pictures come to a reward's size.
  public var preparation = Preparation.bicubic
  /// Prompts, or pictures, a step.
  public var batch = 32
  /// Pictures or clips that go through the networks at once; the gradients of the rest of a batch are added up.
  ///
  /// Nil is as many as a model of its size bears.
  public var together: Int?
  /// Nil is by the model's size.
  public var checkpointing: Checkpointing?
  /// Decay of the average of the weights, which is what is validated and written; 0 has none.
  public var averageDecay: Float = 0
  /// The size of samples while learning.
  public var size = SampleSize()
  /// Seed of the random numbers.
  public var seed: UInt64 = 0

  /// The paper's numbers.
  public init() {}

  /// The paper's numbers, with the guidance that the model is used with, on its own grid where it has another DDIM.
  public init(for model: DiffusionModel) {
    guidanceScale = Float(model.defaults.guidanceScale)
    if model.files.isLVDM { grid = .model }
  }
}
