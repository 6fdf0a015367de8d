/// An error that ended a generation early.
public enum GenerationError: Error, Sendable, CustomStringConvertible {
  /// Somebody asked to stop; `latents` is how far it was, once there were any.
  case cancelled(phase: String, latents: Latents?)

  /// A sentence that says what was being done.
  public var description: String {
    switch self {
    case .cancelled(let phase, _): "Interrupted while \(phase)."
    }
  }
}
