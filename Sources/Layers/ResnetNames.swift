/// A file's names of the parts of a `ResnetBlock2D`.
package struct ResnetNames: Sendable {
  let norm1: String
  let conv1: String
  let timeProjection: String
  let norm2: String
  let conv2: String
  let shortcut: String

  package static let diffusers = ResnetNames(
    norm1: "norm1", conv1: "conv1", timeProjection: "time_emb_proj", norm2: "norm2", conv2: "conv2",
    shortcut: "conv_shortcut")

  /// latent-diffusion's `ResBlock`: places in lists of layers, some of which have no parameters.
  package static let latentDiffusion = ResnetNames(
    norm1: "in_layers.0", conv1: "in_layers.2", timeProjection: "emb_layers.1", norm2: "out_layers.0",
    conv2: "out_layers.3", shortcut: "skip_connection")
}
