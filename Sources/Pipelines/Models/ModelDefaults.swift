import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceWeights

/// Best settings of a model, used where a request does not say: its kind's, or the folder's own negspace.json.
public struct ModelDefaults: Sendable, Hashable {
  /// Steps from noise to a picture.
  public var steps = 25
  /// Weight of the difference between prompt and negative.
  public var guidanceScale: Double
  /// Pixels before enlarging.
  public var width: Int
  /// Pixels before enlarging.
  public var height: Int
  /// Frames; 1 for pictures.
  public var frames: Int
  /// Frames a second.
  public var fps = "8"
  /// Factor by which frames are enlarged: 4 for models of up to 128 pixels.
  public var scale: Int

  /// DDIM's share of fresh noise.
  public var eta = 0.0
  /// Frames a second that the network is told; nil for one that is not.
  public var fpsCondition: Double?

  /// - Parameters:
  ///   - scheduler: the model's own; nil where it has none.
  ///   - factor: pixels of an edge for one latent; nil where the model has no autoencoder, 8 as in diffusers.
  init(_ denoiser: any DenoiserConfiguration, _ scheduler: SchedulerConfiguration?, factor: Int?) {
    let (habits, size) = (denoiser.habits, denoiser.latentSize)
    (guidanceScale, frames, fpsCondition) = (habits.guidanceScale, habits.frames, habits.fps.map { Double($0) })
    let factor = factor ?? 8
    (width, height) = (size.width * factor, size.height * factor)
    scale = max(width, height) <= 128 ? 4 : 1
    if scheduler?.isLVDM == true { eta = 1 }
  }

  /// Takes over what a folder's negspace.json says, if it has one.
  ///
  /// - Throws: `ConfigurationError`.
  mutating func read(folder: String) throws {
    let path = folder + "/negspace.json"
    guard FileManager.default.fileExists(atPath: path) else { return }
    let file = try ConfigFile(path: path)
    steps = try file.integer("steps", default: steps)
    guidanceScale = try file.number("guidance_scale", default: guidanceScale)
    width = try file.integer("width", default: width)
    height = try file.integer("height", default: height)
    frames = try file.integer("frames", default: frames)
    scale = try file.integer("scale", default: scale)
    eta = try file.number("eta", default: eta)
    if let known = fpsCondition { fpsCondition = try file.number("fps_condition", default: known) }
    guard let rate = file["fps"] else { return }
    switch rate {
    case .string(let text): fps = text
    default: fps = String(format: "%g", try file.number("fps"))
    }
  }
}
