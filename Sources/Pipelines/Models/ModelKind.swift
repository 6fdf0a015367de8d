/// What a model makes.
public enum ModelKind: String, Codable, Sendable, CaseIterable {
  /// Single pictures.
  case image
  /// Pictures that belong together, frame by frame.
  case video

  /// Whether it makes pictures or videos, by the pipeline's class in diffusers.
  static let pipelines: [String: ModelKind] = [
    "StableDiffusionPipeline": .image, "StableDiffusionImg2ImgPipeline": .image,
    "StableDiffusionInpaintPipeline": .image,
    "TextToVideoSDPipeline": .video, "VideoToVideoSDPipeline": .video,
    "VideoCrafterPipeline": .video,
  ]

  /// The denoiser's classes in diffusers, or here.
  var denoisers: [String] {
    self == .image ? ["UNet2DConditionModel"] : ["UNet3DConditionModel", "LVDMUNetModel"]
  }
}
