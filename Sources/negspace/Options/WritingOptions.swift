import ArgumentParser
import NegativeSpaceWriters

/// How a writer chooses the words of a negative.
struct WritingOptions: ParsableArguments {
  @Option(help: "Follow this many texts at once and take the likeliest. (default: 4)")
  var beams: Int?
  @Option(help: "Groups of beams that avoid each other's words (diverse beam search); divides --beams.")
  var beamGroups: Int?
  @Option(help: "With --beam-groups: what a group loses for a word of an earlier group. (default: 1)")
  var diversityPenalty: Float?
  @Flag(help: "Draw the words rather than take the likeliest.")
  var sample = false
  @Option(help: "With --sample: below 1 likelier words become likelier still. (default: 1)")
  var temperature: Float?
  @Option(help: "With --sample: draw from this many words at most; 0 for all. (default: 50)")
  var topK: Int?
  @Option(help: "With --sample: draw from the likeliest words that have this probability together. (default: 1)")
  var topP: Float?
  @Option(help: "Makes words that are there already less likely; 1 does nothing.")
  var repetitionPenalty = TextGenerationSettings.negatives.repetitionPenalty
  @Option(name: .customLong("no-repeat-ngram"), help: "Sequences of so many tokens may not come twice; 0 for any.")
  var noRepeatNGram = TextGenerationSettings.negatives.noRepeatNGram
  @Option(help: "Tokens at least.")
  var minTokens = 0
  @Option(help: "Tokens at most.")
  var maxTokens = TextGenerationSettings.negatives.maxTokens
  @Option(help: "Beams are compared by log p / length^X.")
  var lengthPenalty: Float = 1

  func validate() throws {
    if sample, beams != nil || beamGroups != nil {
      throw ValidationError("--sample draws words one by one; leave out --beams and --beam-groups")
    }
    let drawing = [("--temperature", temperature != nil), ("--top-k", topK != nil), ("--top-p", topP != nil)]
    if !sample, let option = drawing.first(where: \.1) {
      throw ValidationError("\(option.0) is about drawn words; it has no effect without --sample")
    }
    if beamGroups == nil, diversityPenalty != nil {
      throw ValidationError("--diversity-penalty has no effect without --beam-groups")
    }
    do { try settings(seed: 0).validate() } catch { throw ValidationError(OptionSpelling.message(error)) }
  }

  /// - Parameter seed: of drawn words.
  func settings(seed: UInt64) -> TextGenerationSettings {
    var settings = TextGenerationSettings.negatives
    if sample {
      settings.strategy = .sampling(temperature: temperature ?? 1, topK: topK ?? 50, topP: topP ?? 1)
    } else if let beamGroups {
      settings.strategy = .diverseBeams(beams ?? 4, groups: beamGroups, penalty: diversityPenalty ?? 1)
    } else if let beams {
      settings.strategy = beams == 1 ? .greedy : .beams(beams)
    }
    (settings.repetitionPenalty, settings.noRepeatNGram) = (repetitionPenalty, noRepeatNGram)
    (settings.minTokens, settings.maxTokens, settings.lengthPenalty) = (minTokens, maxTokens, lengthPenalty)
    settings.seed = seed
    return settings
  }
}
