public import ArgumentParser
public import NegativeSpaceLearning
public import NegativeSpacePipelines
public import NegativeSpaceSampling

// Values of the library that are typed by their names.

extension ComputeType: ExpressibleByArgument {
  /// The name, or a short one of other programs.
  public init?(argument: String) {
    let short = ["f32": "float32", "fp32": "float32", "bf16": "bfloat16"]
    self.init(rawValue: short[argument.lowercased()] ?? argument)
  }
}
extension RandomNumbers: ExpressibleByArgument {
  /// The name, or stable-diffusion.cpp's.
  public init?(argument: String) {
    let other = ["cuda": "nv", "gpu": "nv", "cpu": "torch"]
    self.init(rawValue: other[argument.lowercased()] ?? argument)
  }
}
extension Seed: ExpressibleByArgument {
  /// A whole number; negative: drawn.
  public init?(argument: String) { self.init(argument) }
}
extension ModelComponent: ExpressibleByArgument {}
extension PromptWeighting: ExpressibleByArgument {}
extension AttentionNegativeName: ExpressibleByArgument {}
extension GuidanceRuleName: ExpressibleByArgument {
  /// The name, with dashes too, or the short one of the two that are long.
  public init?(argument: String) {
    let name = argument.replacing("-", with: "_")
    let short = ["cfg_zero": Self.cfgZeroStar, "mambo": .mamboG]
    guard let rule = short[name] ?? Self(rawValue: name) else { return nil }
    self = rule
  }

  /// The names as they are typed.
  public static var allValueStrings: [String] { typed }

  static let typed = allCases.map { rule in
    switch rule {
    case .cfgZeroStar: "cfg-zero"
    case .mamboG: "mambo"
    default: rule.rawValue.replacing("_", with: "-")
    }
  }
}
extension NullTTASettings.Slope: ExpressibleByArgument {}
extension WriterOptimizer: ExpressibleByArgument {}
extension LongPrompt: ExpressibleByArgument {}
extension VAETiling: ExpressibleByArgument {}
extension EmbeddingConversion.Form: ExpressibleByArgument {}
extension TokenEmbedding.Form: ExpressibleByArgument {}
extension ModelConversion.StorageType: ExpressibleByArgument {}
extension TextCraftorSettings.Grid: ExpressibleByArgument {}
extension TextCraftorSettings.Constraint: ExpressibleByArgument {}
extension TextCraftorSettings.Preparation: ExpressibleByArgument {}
extension TextCraftorSettings.Checkpointing: ExpressibleByArgument {}
extension TextCraftorSettings.Layers: ExpressibleByArgument {}
extension TunedNetwork.Network: ExpressibleByArgument {}
extension TunedNetwork.Layout: ExpressibleByArgument {}
