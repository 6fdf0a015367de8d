package import NegativeSpaceConfiguration

/// The one table of denoisers: whoever adds a network adds its file, and its configuration here.
///
/// AnimateDiff's `UNetMotionModel` has no file of its own: it is what a motion adapter makes of a
/// `UNet2DConditionModel`.
package enum DenoiserRegistry {
  /// The configurations that a model's files can hold.
  package static let all: [any (DenoiserConfiguration & ReadableConfiguration).Type] = [
    UNet2DConditionConfiguration.self, UNet3DConditionConfiguration.self, LVDMUNetConfiguration.self,
  ]

  /// The denoiser of a class in diffusers; nil for one that is not known here.
  package static func named(_ className: String) -> (any (DenoiserConfiguration & ReadableConfiguration).Type)? {
    all.first { $0.className == className }
  }
}

extension DenoiserConfiguration where Self: ReadableConfiguration {
  package static var className: String { owner }
}
