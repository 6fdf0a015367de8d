/// Why a generation ended early.
public enum GenerationError: Error, Sendable, CustomStringConvertible {
  /// Somebody asked to stop; `latents` is how far it was, once there were any.
  case cancelled(phase: String, latents: Latents?)

  /// What was being done.
  public var description: String {
    switch self {
    case .cancelled(let phase, _): "Interrupted while \(phase)."
    }
  }
}
