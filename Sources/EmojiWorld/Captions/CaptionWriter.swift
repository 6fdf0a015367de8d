package import NegativeSpaceTensors

/// Says in words what is to be said of a scene, each time a little differently.
///
/// Three forms: a sentence ("a small owl spinning on a yellow background"), the same from behind ("a yellow background
/// with a small owl on the left"), and a list ("owl, yellow background, small"). Damage and quality come before
/// ("a blurry picture of …") or after ("…, low quality, blurry").
package struct CaptionWriter {
  private let attributes: CaptionAttributes
  private let isVideo: Bool

  package init(_ attributes: CaptionAttributes, isVideo: Bool) {
    self.attributes = attributes
    self.isVideo = isVideo
  }

  /// The one usual wording: "a small owl spinning on the left on a yellow background, low quality, blurry".
  package var plainest: String {
    let size = attributes.size.map { CaptionWords.phrases($0)[0] + " " } ?? ""
    let name = attributes.concept?.name ?? "picture"
    let motion = attributes.motion.map { CaptionWords.phrases($0)[0] }
    let position = attributes.position.map { CaptionWords.phrases($0)[0] }
    let background = attributes.background.map { "on " + CaptionWords.withArticle("\($0.name) background") }
    let sentence = [CaptionWords.withArticle(size + name, name: name), motion, position, background]
    let remarks = [
      attributes.quality.map { CaptionWords.phrases($0)[0] }, attributes.damage.map { CaptionWords.phrases($0)[0] },
    ]
    return ([sentence.compactMap(\.self).joined(separator: " ")] + remarks.compactMap(\.self)).joined(separator: ", ")
  }

  package func caption(using random: inout SplitMix64) -> String {
    var remarks: [String] = []
    if let quality = attributes.quality {
      remarks.append(usual(CaptionWords.phrases(quality), using: &random))
    }
    var adjective: String?
    if let damage = attributes.damage {
      // "jpeg artifacts" cannot stand before a noun: the last choice of its list is for remarks only.
      let before = random.chance(0.4)
      if before {
        adjective = CaptionWords.phrases(damage)[0]
      } else {
        let phrases = CaptionWords.phrases(damage)
        remarks.append(damage == .jpeg ? random.pick(phrases) : usual(phrases, using: &random))
      }
    }
    let introduction = introduction(adjective: adjective, using: &random)
    // "a picture of an owl", but "owl" alone is fine, too.
    let article = !introduction.isEmpty || random.chance(0.7)
    let body: String =
      switch random.pick(weights: [0.5, attributes.background == nil ? 0 : 0.12, 0.38]) {
      case 0: sentence(article: article, using: &random)
      case 1: fromBehind(article: article, using: &random)
      default: list(article: article, using: &random)
      }
    return ([introduction + body] + remarks).joined(separator: ", ")
  }

  /// "a picture of ", "a blurry video of ", or nothing.
  private func introduction(adjective: String?, using random: inout SplitMix64) -> String {
    guard adjective != nil || random.chance(isVideo ? 0.3 : 0.2) else { return "" }
    let noun = usual(isVideo ? CaptionWords.videoNouns : CaptionWords.pictureNouns, using: &random)
    return CaptionWords.withArticle([adjective, noun].compactMap(\.self).joined(separator: " ")) + " of "
  }

  private func sentence(article: Bool, using random: inout SplitMix64) -> String {
    var words = [subject(article: article, using: &random)]
    let motion = attributes.motion.map { usual(CaptionWords.phrases($0), using: &random) }
    let position = attributes.position.map { usual(CaptionWords.phrases($0), using: &random) }
    let crossing = attributes.motion.map { [.left, .right, .up, .down].contains($0) } ?? false
    words += [motion, position].compactMap(\.self)
    if let background = attributes.background {
      let before =
        crossing && position == nil && random.chance(0.5)
        ? random.pick(CaptionWords.acrossBackground) : usual(CaptionWords.beforeBackground, using: &random)
      words += [before, CaptionWords.withArticle("\(background.name) background")]
    }
    return words.joined(separator: " ")
  }

  private func fromBehind(article: Bool, using random: inout SplitMix64) -> String {
    let background = attributes.background.map { "\($0.name) background" } ?? "background"
    var words = [article ? CaptionWords.withArticle(background) : background, "with"]
    words.append(subject(article: true, using: &random))
    words += attributes.motion.map { [usual(CaptionWords.phrases($0), using: &random)] } ?? []
    words += attributes.position.map { [usual(CaptionWords.phrases($0), using: &random)] } ?? []
    return words.joined(separator: " ")
  }

  private func list(article: Bool, using random: inout SplitMix64) -> String {
    var parts: [String] = []
    if let motion = attributes.motion { parts.append(usual(CaptionWords.phrases(motion), using: &random)) }
    if let position = attributes.position { parts.append(usual(CaptionWords.phrases(position), using: &random)) }
    if let background = attributes.background { parts.append("\(background.name) background") }
    parts.shuffle(using: &random)
    let subject = subject(article: article, using: &random)
    return ([subject] + parts).joined(separator: ", ")
  }

  private func subject(article: Bool, using random: inout SplitMix64) -> String {
    let size = attributes.size.map { usual(CaptionWords.phrases($0), using: &random) + " " } ?? ""
    let name = attributes.concept?.name ?? "picture"
    return article ? CaptionWords.withArticle(size + name, name: name) : size + name
  }

  /// The first phrase most of the time, else any.
  private func usual(_ phrases: [String], using random: inout SplitMix64) -> String {
    random.chance(0.6) ? phrases[0] : random.pick(phrases)
  }
}
