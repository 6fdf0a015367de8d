import NegativeSpaceTensors

/// Training data of a tokenizer for the captions.
package enum CaptionVocabulary {
  /// Every word that a caption of these concepts can hold, sorted.
  package static func words(concepts: [Concept] = Concept.all) -> [String] {
    var phrases = concepts.map(\.name) + Background.all.map(\.name) + CaptionWords.fillers
    phrases += SceneSize.allCases.flatMap(CaptionWords.phrases)
    phrases += ScenePosition.allCases.flatMap(CaptionWords.phrases)
    phrases += Motion.allCases.flatMap(CaptionWords.phrases)
    phrases += DamageKind.allCases.flatMap(CaptionWords.phrases)
    phrases += CaptionQuality.allCases.flatMap(CaptionWords.phrases)
    return Set(phrases.flatMap(CaptionReader.words)).sorted()
  }

  /// Captions as they occur in the data, half of them of clips.
  package static func captions(count: Int, seed: UInt64, conceptCount: Int) -> [String] {
    let director = SceneDirector(concepts: Array(Concept.all.prefix(conceptCount)), split: .train)
    return (0..<count).map { index in
      var random = SplitMix64(seed: seed, stream: 0x766F_6361_62, index: UInt64(index))
      return director.take(index % 2 == 0 ? .picture : .clip, damagedFraction: 0.35, using: &random).caption
    }
  }
}
