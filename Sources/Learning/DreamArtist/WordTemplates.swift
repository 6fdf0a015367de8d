package import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceText

/// One learned word, S*, in each of its templates, at the input of the text encoder.
///
/// Its N vectors are successive tokens in the template's place for them; all of the encoder's places are kept, so that
/// the states are those of a generation that names the word (`PromptEncoder`).
package struct WordTemplates: Sendable {
  private let text: TextConditioner
  private let skipped: Int
  /// Vectors of the word.
  package let count: Int
  /// (1, T, D) of each template, zeros where the word stands.
  private let fixed: [Tensor]
  /// For each of a template's T places 0, or 1 + the number of the vector that stands there.
  private let places: [[Int]]

  /// - Parameters:
  ///   - token: the word's spelling; no template has it.
  ///   - count: at least 1.
  ///   - templates: each with one `{}`.
  ///   - clipSkip: layer of the states, counted from the end; one that is there.
  /// - Throws: `LearningError.setting` for a template that leaves no room for all vectors.
  package init(
    _ text: TextConditioner, token: String, count: Int, templates: [String], clipSkip: Int = 1, setting: String
  ) throws {
    (self.text, self.count, skipped) = (text, count, clipSkip - 1)
    let (shape, first) = (text.tower.shape, text.tower.shape.vocabulary)
    let tokenizer = text.tokenizer.adding([LearnedWord(token, ids: first..<(first + count))])
    var (fixed, places): ([Tensor], [[Int]]) = ([], [])
    for template in templates {
      let prompt = template.replacing(DreamArtistSettings.placeholder, with: token)
      let room = shape.positions - 2
      let others = tokenizer.tokens(in: prompt).count(where: { $0 < first })
      guard others + count <= room else {
        throw LearningError.setting(
          setting, found: "\(count)",
          expected:
            "at most \(max(0, room - others)), since the template \"\(template)\" has \(others) tokens of its own "
            + "and a prompt \(room) places")
      }
      let ids = tokenizer.encode(prompt, length: shape.positions).ids
      guard ids.count(where: { $0 >= first }) == count else {
        throw LearningError.setting(
          "templates", found: "\"\(template)\"",
          expected: "{} with no letter or digit beside it that would join the word")
      }
      places.append(ids.map { $0 < first ? 0 : 1 + $0 - first })
      var values = withoutGradients { text.tower.embed([ids.map { $0 < first ? $0 : text.tokenizer.end }]) }.floats
      for (place, id) in ids.enumerated() where id >= first {
        values.replaceSubrange(
          (place * shape.width)..<((place + 1) * shape.width), with: repeatElement(0, count: shape.width))
      }
      fixed.append(Tensor(values, shape: [1, ids.count, shape.width]))
    }
    (self.fixed, self.places) = (fixed, places)
  }

  /// The inputs of the text encoder for these templates: (B, T, D), recorded for the vectors.
  ///
  /// - Parameter vectors: (N, D).
  package func embedded(_ templates: [Int], _ vectors: Tensor) -> Tensor {
    let table = Tensor.concatenate([.zeros([1, vectors.size(1)]), vectors], axis: 0)
    let word = table.rows(templates.flatMap { places[$0] })  // (B·T, D)
    let words = Tensor.concatenate(templates.map { fixed[$0] }, axis: 0)  // (B, T, D)
    return words + word.reshaped(words.shape)
  }

  /// The states of these templates: (B, T, D), recorded for the vectors.
  ///
  /// - Parameters:
  ///   - vectors: (N, D).
  ///   - tower: the text encoder; nil is the model's own.
  package func states(_ templates: [Int], _ vectors: Tensor, by tower: (any TextTower)? = nil) -> Tensor {
    (tower ?? text.tower).encode(embedded: embedded(templates, vectors), of: nil, skippingLast: skipped).states
  }
}
