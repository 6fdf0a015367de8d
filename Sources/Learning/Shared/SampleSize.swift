import NegativeSpaceNetworks
import NegativeSpacePipelines

/// The size of samples while something is learned, in pixels: a smaller one than the model's costs less.
public struct SampleSize: Sendable, Hashable {
  /// A multiple of the autoencoder's factor; nil is the model's own.
  public var width: Int?
  /// A multiple of the autoencoder's factor; nil is the model's own.
  public var height: Int?

  /// The model's own size, unless something else is said.
  public init(width: Int? = nil, height: Int? = nil) { (self.width, self.height) = (width, height) }

  private static let most = 4096

  /// Latents of one sample of a model, channels last: (h, w, C) or (F, h, w, C).
  ///
  /// - Throws: `LearningError.setting`, errors in the model's files.
  func latentShape(of model: DiffusionModel) throws -> [Int] {
    let own = try model.requested()
    let (factor, usual) = (own.autoencoder.factor, own.files.denoiser.latentSize)
    func places(_ name: String, _ pixels: Int?, _ usual: Int) throws -> Int {
      guard let pixels else { return usual }
      guard pixels > 0, pixels <= Self.most, pixels % factor == 0 else {
        throw LearningError.setting(
          name, found: "\(pixels)",
          expected: "a multiple of \(factor), which the autoencoder works on, up to \(Self.most)")
      }
      return pixels / factor
    }
    let frames = model.kind == .image ? [] : [model.defaults.frames]
    return try frames + [
      places("height", height, usual.height), places("width", width, usual.width), own.autoencoder.latentChannels,
    ]
  }

  /// As a run's folder keeps it; nothing where it is the model's.
  package var setting: [String: String] {
    guard width != nil || height != nil else { return [:] }
    func text(_ pixels: Int?) -> String { pixels.map { "\($0)" } ?? "the model's" }
    return ["size": "\(text(width)) × \(text(height))"]
  }
}
