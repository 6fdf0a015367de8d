package import NegativeSpaceLayers

/// The configuration of a denoiser, as the rest of the program sees it: how it is built, what it is given, its usual
/// settings.
package protocol DenoiserConfiguration: Sendable {
  /// The class, as diffusers names it.
  static var className: String { get }
  /// The pipelines in diffusers that run it.
  static var pipelineClasses: [String] { get }
  /// The axes of its latents.
  static var layout: LatentLayout { get }

  /// Channels of the latents that go in.
  var inChannels: Int { get }
  /// Channels of each block on the way down.
  var blockOutChannels: [Int] { get }
  /// Layers of each block on the way down.
  var blockLayers: [Int] { get }
  /// Width of the text states that it is told.
  var textWidth: Int { get }
  /// Height and width of the latents that it was trained on; diffusers' habit is 64.
  var latentSize: (height: Int, width: Int) { get }
  /// The settings it is used with where nobody says otherwise.
  var habits: DenoiserHabits { get }

  /// Builds the network.
  ///
  /// - Throws: `ConfigurationError`, or the weight source's own error.
  func network(_ weights: WeightScope) throws -> any Denoiser
}

/// The axes of a denoiser's latents.
package enum LatentLayout: Sendable {
  /// (B, H, W, C).
  case pictures
  /// (B, F, H, W, C).
  case clips

  /// Axes in all.
  package var rank: Int { self == .pictures ? 4 : 5 }
}

/// Default settings of a denoiser's published pipeline.
package struct DenoiserHabits: Sendable {
  /// Weight of the difference between prompt and negative.
  package var guidanceScale: Double
  /// Frames of a clip; 1 for pictures.
  package var frames = 1
  /// Frames a second that the network is told; nil for one that is not.
  package var fps: Float?
  /// Share of a picture or clip to start from that is given up.
  package var strength = 0.8
  /// Whether the noise of a clip's steps is drawn frame by frame, (F, C, H, W), or as one clip, (C, F, H, W).
  package var drawsNoiseByFrame = true
}

extension [Int] {
  /// One value for each of `count` blocks, also where a single one stands for all.
  func forEach(of count: Int) -> [Int] { self.count == 1 ? [Int](repeating: self[0], count: count) : self }
}
