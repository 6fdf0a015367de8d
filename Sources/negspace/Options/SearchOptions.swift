import ArgumentParser
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceRewards

/// A negative that is searched for while sampling.
struct SearchOptions: ParsableArguments {
  /// The searches that there are.
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case nullTTA = "null-tta"
  }

  @Option(
    help: ArgumentHelp(
      "Search a negative for each step, so that --reward rises; null-tta. Written beside the output (docs/guidance.md).",
      valueName: "name"))
  var negativeSearch: Name?

  @Option(
    help: ArgumentHelp(
      "What the search raises, as in learn reneg; repeatable. (default: quality and clipscore of Models)",
      valueName: "NAME[=PATH[,HEAD]][:WEIGHT]"))
  var reward: [String] = []

  @OptionGroup var settings: NullTTAOptions

  func validate() throws {
    if negativeSearch == nil, !reward.isEmpty {
      throw ValidationError("--reward is \(reward[0]) without --negative-search, which raises it")
    }
  }

  /// The search; nil where none is asked for.
  func search(_ model: DiffusionModel) throws -> NegativeSearch? {
    guard negativeSearch != nil else { return nil }
    return try NegativeSearch(model: model, rewards: LearningRewards.named(reward), settings: settings.settings)
  }
}

/// Settings of Null-TTA.
struct NullTTAOptions: ParsableArguments {
  @Option(help: "Inner steps of the search at the last step; they rise from 1.")
  var searchSteps = NullTTASettings().mostSteps
  @Option(help: "Learning rate of the search.")
  var searchRate = NullTTASettings().rate
  @Option(help: "How strongly the search is held to where it starts, at the first step.")
  var searchRestraint = NullTTASettings().restraint
  @Option(help: "Samples of each step, of which the best goes on.")
  var searchParticles = NullTTASettings().particles
  @Option(help: "How the search finds its slope: backward, zeroth-order (for rewards without a gradient).")
  var searchSlope = NullTTASettings.Slope.backward

  var settings: NullTTASettings {
    var settings = NullTTASettings()
    (settings.mostSteps, settings.rate, settings.restraint) = (searchSteps, searchRate, searchRestraint)
    settings.fewestSteps = min(settings.fewestSteps, searchSteps)
    (settings.particles, settings.slope) = (searchParticles, searchSlope)
    return settings
  }
}
