import ArgumentParser
import NegativeSpaceEvaluation
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceRewards
import Synchronization

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
    try settings.require(negativeSearch != nil, by: "--negative-search")
  }

  /// The search; nil where none is asked for.
  func search(_ model: DiffusionModel, _ reporting: ReportingOptions) throws -> NegativeSearch? {
    guard negativeSearch != nil else { return nil }
    return try NegativeSearch(
      model: model, rewards: LearningRewards.named(reward, for: model, reporting), settings: settings.settings)
  }
}

extension SearchOptions {
  /// The search as part of a comparison's arm; nil where none is asked for.
  func arm() throws -> ArmSearch? {
    guard let negativeSearch else { return nil }
    let (rewards, settings) = (try LearningRewards.named(reward), settings.settings)
    let opened = OpenedSearches()
    let names = rewards.map(\.kind.rawValue).joined(separator: " + ")
    return ArmSearch(
      summary: "\(negativeSearch.rawValue) for \(names)",
      identity: try NegativeSearch.identity(rewards, settings)
    ) { model, request, file, isCancelled in
      let search = try opened.search(model) {
        try NegativeSearch(model: model, rewards: rewards, settings: settings)
      }
      let result = try search.search(request, isCancelled: isCancelled)
      try result.write(to: file)
      return result.replay(file)
    }
  }

  /// The search of the model at work, whose rewards are read once for all its runs.
  private final class OpenedSearches: Sendable {
    private let last = Mutex<(model: DiffusionModel, search: NegativeSearch)?>(nil)

    func search(_ model: DiffusionModel, _ open: () throws -> NegativeSearch) throws -> NegativeSearch {
      if let last = last.withLock({ $0 }), last.model === model { return last.search }
      let search = try open()
      last.withLock { $0 = (model, search) }
      return search
    }
  }
}

/// Settings of Null-TTA.
struct NullTTAOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Inner steps of the search, at the first step and at the last; one number is the last's. (default: 1,10)",
      valueName: "min,max"))
  var searchSteps: String?
  @Option(help: "Learning rate of the search. (default: \(NullTTASettings().rate))")
  var searchRate: Float?
  @Option(
    help: ArgumentHelp(
      "How strongly the search is held to where it starts, at the first step. (default: \(NullTTASettings().restraint))"
    ))
  var searchRestraint: Float?
  @Option(
    name: [.customLong("particles"), .customLong("search-particles")],
    help: ArgumentHelp(
      "Samples of each step, of which the best goes on. (default: \(NullTTASettings().particles))", valueName: "k"))
  var searchParticles: Int?
  @Option(
    help:
      "How the search finds its slope: backward, zeroth-order (for rewards without a gradient). (default: \(NullTTASettings().slope.rawValue))"
  )
  var searchSlope: NullTTASettings.Slope?

  /// Inner steps at the first step and at the last.
  private var innerSteps: (Int, Int) {
    get throws {
      let usual = NullTTASettings()
      guard let searchSteps else { return (usual.fewestSteps, usual.mostSteps) }
      let numbers = searchSteps.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      switch numbers.count {
      case 1:
        if let most = numbers[0], most >= 0 { return (min(usual.fewestSteps, most), most) }
      case 2:
        if let fewest = numbers[0], let most = numbers[1], fewest >= 0, fewest <= most { return (fewest, most) }
      default: break
      }
      throw ValidationError("--search-steps is \(searchSteps); expected MIN,MAX, such as 1,10, or MAX alone")
    }
  }

  /// - Parameter option: what asks for a search.
  /// - Throws: `ValidationError` for a setting of a search that is not asked for.
  func require(_ isSearched: Bool, by option: String) throws {
    guard !isSearched else { return }
    for (name, value) in [
      ("--search-steps", searchSteps), ("--search-rate", searchRate.map { "\($0)" }),
      ("--search-restraint", searchRestraint.map { "\($0)" }), ("--particles", searchParticles.map { "\($0)" }),
      ("--search-slope", searchSlope?.rawValue),
    ] {
      if let value { throw ValidationError("\(name) is \(value); expected \(option) beside it") }
    }
  }

  func validate() throws {
    _ = try innerSteps
    do {
      try settings.validate()
    } catch {
      throw ValidationError(OptionSpelling.message(error))
    }
  }

  var settings: NullTTASettings {
    var settings = NullTTASettings()
    if let steps = try? innerSteps { (settings.fewestSteps, settings.mostSteps) = steps }
    if let searchRate { settings.rate = searchRate }
    if let searchRestraint { settings.restraint = searchRestraint }
    if let searchParticles { settings.particles = searchParticles }
    if let searchSlope { settings.slope = searchSlope }
    return settings
  }
}
