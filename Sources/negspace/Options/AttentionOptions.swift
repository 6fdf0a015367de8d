import ArgumentParser
import NegativeSpacePipelines

/// A rule by which cross-attention avoids the negative.
struct AttentionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Avoid the negative within the denoiser's cross-attention, at any guidance scale and without a second call: nag, nasa, vsf.",
      valueName: "name"))
  var attentionNegative: AttentionNegativeName?

  @Option(
    help: ArgumentHelp(
      "An option of that rule: nag_scale, nag_tau, nag_alpha, nag_norm; nasa_alpha; vsf_scale; repeatable.",
      valueName: "name=value"))
  var attentionOption: [String] = []

  @Option(help: ArgumentHelp("How far nag goes from the negative. (default: 5)", valueName: "s"))
  var nagScale: String?
  @Option(
    help: ArgumentHelp("The most by which nag lengthens a token. (default: 2.5)", valueName: "τ"))
  var nagTau: String?
  @Option(help: ArgumentHelp("Share of nag's result. (default: 0.25)", valueName: "α"))
  var nagAlpha: String?
  @Option(help: ArgumentHelp("Weight of the negative in nasa. (default: 0.1)", valueName: "α"))
  var nasaScale: String?
  @Option(
    help: ArgumentHelp("Weight of the negative's values in vsf. (default: 3.5)", valueName: "β"))
  var vsfScale: String?

  /// The rule's options by their names.
  ///
  /// - Throws: `ValidationError`.
  var options: [String: String] {
    get throws {
      let short = [
        ("nag_scale", nagScale), ("nag_tau", nagTau), ("nag_alpha", nagAlpha), ("nasa_alpha", nasaScale),
        ("vsf_scale", vsfScale),
      ].compactMap { name, value in value.map { "\(name)=\($0)" } }
      return try SamplingOptions.options(attentionOption + short, of: "--attention-option")
    }
  }

  func validate() throws {
    if attentionNegative == nil, let (name, value) = try options.first {
      throw ValidationError("\(name) is \(value); expected --attention-negative beside it, whose option it is")
    }
  }
}
