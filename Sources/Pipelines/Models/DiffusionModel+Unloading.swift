extension DiffusionModel {
  /// Lets go of all weights; they are read again when they are needed.
  package func unload() {
    releaseTextEncoder()
    releaseDenoiser()
    loadedAutoencoder = nil
  }

  func releaseTextEncoder() { loadedPromptEncoder = nil }

  /// The networks that take part in the steps.
  func releaseDenoiser() {
    loadedDenoiser = nil
    loadedControlNets = [:]
  }
}
