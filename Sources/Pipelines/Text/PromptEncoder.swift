package import Networks
package import Tensors
package import Text

/// Prompts to the states that a denoiser is told; each prompt is encoded once.
package final class PromptEncoder {
  /// A prompt and what became of it.
  package struct Encoded: Sendable {
    package let text: TokenizedText
    /// (1, 77, D).
    package let states: Tensor
  }

  private struct Key: Hashable {
    let prompt: String
    let clipSkip: Int
  }

  package let tokenizer: CLIPTokenizer
  package let network: CLIPTextModel
  private var cache: [Key: Encoded] = [:]
  /// Enough for every branch of a run; a list of 10,000 prompts must not fill the memory.
  private static let cacheLimit = 16

  package init(tokenizer: CLIPTokenizer, network: CLIPTextModel) {
    (self.tokenizer, self.network) = (tokenizer, network)
  }

  /// - Parameter clipSkip: which layer's states, counted from the end: 1 is the last. All are normed, as in A1111 and diffusers.
  /// - Throws: `RequestError` for a layer that is not there, `ModelError.brokenOutput`.
  package func encode(_ prompt: String, clipSkip: Int = 1) throws -> Encoded {
    let key = Key(prompt: prompt, clipSkip: clipSkip)
    if let known = cache[key] { return known }
    let layers = network.configuration.encoder.layers
    guard (1...layers).contains(clipSkip) else {
      throw RequestError("--clip-skip", found: "\(clipSkip)", expected: "1 to \(layers), the text encoder's layers")
    }
    let text = tokenizer.encode(prompt, length: network.configuration.maxPositionEmbeddings)
    let states = network.states(embedded: network.embed([text.ids]), skippingLast: clipSkip - 1)
    guard states.isFinite else {
      throw ModelError.brokenOutput(what: "the text encoder's output for \"\(prompt.prefix(60))\"")
    }
    let encoded = Encoded(text: text, states: states)
    if cache.count >= Self.cacheLimit { cache.removeAll() }
    cache[key] = encoded
    return encoded
  }
}
