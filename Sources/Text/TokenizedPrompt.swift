/// The rules by which a prompt becomes token ids.
package struct PromptStyle: Sendable, Hashable {
  /// Whether brackets weigh what is in them, and `BREAK` separates.
  package var isWeighted: Bool
  /// Whether what does not fit goes on in another chunk rather than being cut.
  package var isChunked: Bool

  package init(isWeighted: Bool = false, isChunked: Bool = false) {
    (self.isWeighted, self.isChunked) = (isWeighted, isChunked)
  }

  /// As diffusers takes a prompt: literally, and cut at 75 tokens.
  package static let plain = PromptStyle()
}

/// The token ids that the text encoder takes at once, and the weight of each.
package struct PromptChunk: Sendable, Hashable {
  /// Beginning, tokens, end, padding: as many as the encoder has positions.
  package let ids: [Int]
  /// As many; 1 for beginning, end and padding.
  package let weights: [Float]
}

/// A prompt as the text encoder wants it, and what did not fit.
package struct TokenizedPrompt: Sendable, Hashable {
  /// At least one.
  package var chunks: [PromptChunk]
  /// Number of tokens of the prompt in the chunks, without beginning, end and padding.
  package var tokenCount = 0
  /// Number of tokens that did not fit.
  package var cutCount = 0
  /// The text of the tokens that did not fit, as the vocabulary spells it; empty when all fitted.
  package var cutText = ""

  /// All chunks' ids.
  package var ids: [Int] { chunks.flatMap(\.ids) }
}

extension CLIPTokenizer {
  /// `prompt` in chunks of exactly `length` ids, at least one.
  package func tokenize(
    _ prompt: String, _ style: PromptStyle = .plain, length: Int = contextLength
  ) -> TokenizedPrompt {
    precondition(length > 2, "tokenize: \(length) ids have no room between beginning and end")
    let sections = style.isWeighted ? WeightedText.sections(of: prompt) : [[WeightedText(prompt)]]
    var filling = ChunkFilling(self, room: length - 2)
    var cut: [String] = []
    var result = TokenizedPrompt(chunks: [])
    for (index, section) in sections.enumerated() {
      var tokens = section.flatMap { part in
        self.tokens(in: part.text).map { WeightedToken(id: $0, weight: Float(part.weight)) }
      }
      if !style.isChunked, tokens.count > length - 2 {
        result.cutCount += tokens.count - (length - 2)
        cut.append(decode(tokens[(length - 2)...].map(\.id)))
        tokens = Array(tokens.prefix(length - 2))
      }
      result.tokenCount += tokens.count
      if style.isChunked { filling.add(tokens) } else { filling.current = tokens }
      // An empty section makes an empty chunk, except after the last BREAK.
      if !filling.current.isEmpty || index < sections.count - 1 || filling.chunks.isEmpty { filling.close() }
    }
    result.chunks = filling.chunks
    result.cutText = cut.joined(separator: " ")
    return result
  }

  /// A chunk of up to `length` - 2 tokens that is filled up.
  package func chunk(_ ids: [Int], weights: [Float]? = nil, length: Int = contextLength) -> PromptChunk {
    precondition(ids.count <= length - 2, "chunk: \(ids.count) tokens, but room for \(length - 2)")
    let rest = length - 2 - ids.count
    return PromptChunk(
      ids: [beginning] + ids + [end] + Array(repeating: padding, count: rest),
      weights: [1] + (weights ?? Array(repeating: 1, count: ids.count)) + Array(repeating: 1, count: rest + 1))
  }
}

struct WeightedToken {
  let id: Int
  let weight: Float
}

/// Distributes tokens over chunks as the A1111 web UI does it: `modules/sd_hijack_clip.py`, `tokenize_line`.
private struct ChunkFilling {
  /// A1111's "prompt word wrap length limit": so few tokens after a comma move to the next chunk with the one that did
  /// not fit.
  static let wrap = 20

  private let tokenizer: CLIPTokenizer
  private let room: Int
  private let comma: Int?
  private var lastComma: Int?
  var current: [WeightedToken] = []
  private(set) var chunks: [PromptChunk] = []

  init(_ tokenizer: CLIPTokenizer, room: Int) {
    (self.tokenizer, self.room) = (tokenizer, room)
    let ids = tokenizer.tokens(in: ",")
    comma = ids.count == 1 ? ids[0] : nil
  }

  mutating func add(_ tokens: [WeightedToken]) {
    var position = 0
    while position < tokens.count {
      let token = tokens[position]
      if token.id == comma {
        lastComma = current.count
      } else if current.count == room, let lastComma, room - lastComma <= Self.wrap {
        let moved = Array(current[(lastComma + 1)...])
        current.removeLast(moved.count)
        close()
        current = moved
      }
      // A learned word stays together.
      let count = min(tokenizer.learnedWord(from: token.id)?.ids.count ?? 1, tokens.count - position)
      if current.count + count > room { close() }
      current += tokens[position..<(position + count)]
      position += count
    }
  }

  mutating func close() {
    chunks.append(tokenizer.chunk(current.map(\.id), weights: current.map(\.weight), length: room + 2))
    current = []
    lastComma = nil
  }
}
