extension DiffusionModel {
  /// Lets go of all weights; they are read again when they are needed.
  package func unload() {
    (loadedDenoiser, loadedAutoencoder, loadedPromptEncoder) = (nil, nil, nil)
    loadedControlNets = [:]
  }
}
