import Foundation
import Weights

/// What a model does best with, where a request does not say: its kind's habits, or the folder's own negspace.json.
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
  /// How much is enlarged: 4 for models of up to 128 pixels.
  public var scale: Int

  /// - Parameters:
  ///   - side: pixels of an edge that the model was trained on.
  ///   - isMotion: whether videos are made by an image model with AnimateDiff's layers.
  init(_ kind: ModelKind, side: Int, isMotion: Bool = false) {
    guidanceScale = kind == .image || isMotion ? 7.5 : 9
    frames = kind == .image ? 1 : 16
    (width, height) = (side, side)
    scale = side <= 128 ? 4 : 1
  }

  /// Takes over what a folder's negspace.json says, if it has one.
  ///
  /// - Throws: `ConfigError`.
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
    guard let rate = file["fps"] else { return }
    switch rate {
    case .string(let text): fps = text
    default: fps = String(format: "%g", try file.number("fps"))
    }
  }
}
