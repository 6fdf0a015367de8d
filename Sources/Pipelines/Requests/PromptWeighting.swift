package import NegativeSpaceText

/// Meaning of brackets in a prompt.
public enum PromptWeighting: String, Codable, CaseIterable, Sendable {
  /// Nothing: they are characters like others, as in diffusers.
  case none
  /// `(x)`, `(x:1.3)`, `[x]`, `\(` and `BREAK` as in the A1111 web UI, with its "Original" emphasis; `[from:to:when]`
  /// and `[a|b]` change the prompt between steps.
  case a1111
}

/// Treatment of a prompt that the text encoder cannot take at once.
public enum LongPrompt: String, Codable, CaseIterable, Sendable {
  /// The rest is left out, with a warning, as in diffusers.
  case cut
  /// It goes on in further chunks of 75 tokens, as in the A1111 web UI.
  case chunks
}

extension GenerationRequest {
  /// Treatment of long prompts: A1111's weighting brings its chunks with it, unless the request says otherwise.
  package var usedLongPrompt: LongPrompt { longPrompt ?? (promptWeighting == .a1111 ? .chunks : .cut) }

  /// Rules by which prompts become tokens.
  package var promptStyle: PromptStyle {
    PromptStyle(isWeighted: promptWeighting == .a1111, isChunked: usedLongPrompt == .chunks)
  }
}
