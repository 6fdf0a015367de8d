import ArgumentParser
import NegativeSpaceWriters

/// How a writer chooses the words of a negative.
struct WritingOptions: ParsableArguments {
  @Option(help: "Follow this many texts at once and take the likeliest. (default: 4)")
  var beams: Int?
  @Option(help: "Groups of beams that avoid each other's words (diverse beam search); divides --beams.")
  var beamGroups: Int?
  @Option(help: "What a group loses for a word of an earlier group.")
  var diversityPenalty: Float = 1
  @Flag(help: "Draw the words rather than take the likeliest.")
  var sample = false
  @Option(help: "With --sample: below 1 likelier words become likelier still.")
  var temperature: Float = 1
  @Option(help: "With --sample: draw from this many words at most; 0 for all.")
  var topK = 50
  @Option(help: "With --sample: draw from the likeliest words that have this probability together.")
  var topP: Float = 1
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
    do { try settings(seed: 0).validate() } catch { throw ValidationError(OptionSpelling.message(error)) }
  }

  /// - Parameter seed: of drawn words.
  func settings(seed: UInt64) -> TextGenerationSettings {
    var settings = TextGenerationSettings.negatives
    if sample {
      settings.strategy = .sampling(temperature: temperature, topK: topK, topP: topP)
    } else if let beamGroups {
      settings.strategy = .diverseBeams(beams ?? 4, groups: beamGroups, penalty: diversityPenalty)
    } else if let beams {
      settings.strategy = beams == 1 ? .greedy : .beams(beams)
    }
    (settings.repetitionPenalty, settings.noRepeatNGram) = (repetitionPenalty, noRepeatNGram)
    (settings.minTokens, settings.maxTokens, settings.lengthPenalty) = (minTokens, maxTokens, lengthPenalty)
    settings.seed = seed
    return settings
  }
}
