/// The inverse of the grammar: from a caption to the attributes that it names.
///
/// Goes through the words from left to right and takes the longest known phrase at each place, so "moving to the left"
/// is a motion and "on the left" a position. Order, commas, articles and capitals do not matter.
package struct CaptionReader: Sendable {
  private enum Term: Sendable {
    case concept(Concept)
    case background(Background)
    case size(SceneSize)
    case position(ScenePosition)
    case motion(Motion)
    case damage(DamageKind)
    case quality(CaptionQuality)
  }

  private let terms: [String: Term]
  private let longest: Int

  /// Attributes that a caption names, and the words that the grammar does not know.
  package struct Reading: Sendable, Equatable {
    package var attributes = CaptionAttributes()
    package var unknown: [String] = []

    package init() {}
  }

  package init(concepts: [Concept] = Concept.all) {
    var terms: [String: Term] = [:]
    for concept in concepts { terms[concept.name] = .concept(concept) }
    for background in Background.all { terms["\(background.name) background"] = .background(background) }
    for background in Background.gradients { terms[background.name] = .background(background) }
    for size in SceneSize.allCases { CaptionWords.phrases(size).forEach { terms[$0] = .size(size) } }
    for position in ScenePosition.allCases {
      CaptionWords.phrases(position).forEach { terms[$0] = .position(position) }
    }
    for motion in Motion.allCases { CaptionWords.phrases(motion).forEach { terms[$0] = .motion(motion) } }
    for damage in DamageKind.allCases { CaptionWords.phrases(damage).forEach { terms[$0] = .damage(damage) } }
    for quality in CaptionQuality.allCases { CaptionWords.phrases(quality).forEach { terms[$0] = .quality(quality) } }
    self.terms = terms
    longest = terms.keys.map { $0.split(separator: " ").count }.max() ?? 1
  }

  package func read(_ caption: String) -> Reading {
    let words = Self.words(of: caption)
    var reading = Reading()
    var at = 0
    while at < words.count {
      var length = min(longest, words.count - at)
      var term: Term?
      while length > 0 {
        term = terms[words[at..<(at + length)].joined(separator: " ")]
        if term != nil { break }
        length -= 1
      }
      if let term {
        Self.note(term, in: &reading.attributes)
        at += length
      } else {
        if !CaptionWords.fillers.contains(words[at]) { reading.unknown.append(words[at]) }
        at += 1
      }
    }
    return reading
  }

  private static func note(_ term: Term, in attributes: inout CaptionAttributes) {
    switch term {
    case .concept(let concept): attributes.concept = concept
    case .background(let background): attributes.background = background
    case .size(let size): attributes.size = size
    case .position(let position): attributes.position = position
    case .motion(let motion): attributes.motion = motion
    case .damage(let damage): attributes.damage = damage
    case .quality(let quality): attributes.quality = quality
    }
  }

  /// Lower-case words without punctuation, but with their hyphens.
  static func words(of caption: String) -> [String] {
    caption.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "’") }.map(String.init)
  }
}
