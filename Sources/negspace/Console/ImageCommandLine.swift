import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling

extension GenerationRequest {
  /// The `negspace image` command that asks for it, as a shell takes it; only of what another program's settings say.
  var imageCommand: String {
    var words = ["negspace", "image", "-m", "MODEL"]
    func add(_ option: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      words.append("\(option)=\(value.shellQuoted)")
    }
    add("--prompt", prompt)
    add("--negative-prompt", negativePrompt)
    add("--steps", steps.map { "\($0)" })
    add("--sampler", sampler?.rawValue)
    add("--schedule", schedule?.rawValue)
    add("--guidance-scale", guidanceScale.map { String(format: "%g", $0) })
    add("--seed", seed.number.map { "\($0)" })
    add("--width", width.map { "\($0)" })
    add("--height", height.map { "\($0)" })
    add("--clip-skip", clipSkip > 1 ? "\(clipSkip)" : nil)
    add("--eta", eta.map { String(format: "%g", $0) })
    add("--rng", rng == .torch ? nil : rng.rawValue)
    add("--prompt-weighting", promptWeighting == .none ? nil : promptWeighting.rawValue)
    add("--long-prompt", longPrompt?.rawValue)
    return words.joined(separator: " ")
  }
}

extension String {
  /// The text as one word of a shell.
  fileprivate var shellQuoted: String {
    let isPlain = unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "._-/".unicodeScalars.contains($0)
    }
    return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
