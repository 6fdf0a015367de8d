import Kernels
import Sampling

/// One picture or video in the making: steps, then frames.
///
///     var generation = try model.start(request)
///     while let step = try generation.nextStep() { print(step.index + 1, "of", step.count) }
///     try generation.latents.write(to: "latents.safetensors")
///     while let frame = try generation.nextFrame() { … }
///
/// Nothing happens between the calls, so that the caller may stop, show or save at any of them.
public struct Generation {
  /// What it does, with nothing left open.
  public let request: GenerationRequest
  /// What could not be followed to the letter: a prompt that was cut.
  public let warnings: [String]
  /// What was used, a line each: learned negatives.
  public let notes: [String]

  private let model: DiffusionModel
  private var denoising: Denoising
  private var decoder: FrameDecoder?

  init(
    _ model: DiffusionModel, _ request: GenerationRequest, _ denoising: Denoising, warnings: [String], notes: [String]
  ) {
    (self.model, self.request, self.denoising) = (model, request, denoising)
    (self.warnings, self.notes) = (warnings, notes)
  }

  /// Makes one step; nil when there is none left.
  ///
  /// - Throws: where a value is NaN or infinite, saying at which step.
  public mutating func nextStep() throws -> GenerationStep? {
    try denoising.next().map { GenerationStep($0) }
  }

  /// The latents after the last step made.
  public var latents: Latents { Latents(denoising.latents) }

  /// Decodes the next frame; nil after the last.
  ///
  /// - Throws: where a value is NaN.
  public mutating func nextFrame() throws -> Frame? {
    // What the steps used again and again is of no use to the decoder.
    if decoder == nil { BufferPool.shared.trim() }
    var frames =
      try decoder
      ?? FrameDecoder(
        model.autoencoder(), latents: denoising.latents, tiling: request.vaeTiling, scale: request.scale ?? 1)
    defer { decoder = frames }
    return try frames.next()
  }
}

/// A step that has been made.
public struct GenerationStep: Sendable, Hashable {
  /// From 0.
  public let index: Int
  /// Steps in all; some samplers make more than were asked for.
  public let count: Int
  /// The timestep that the network was told.
  public let timestep: Float
  /// The clean sample as the network sees it at this step: what a preview shows.
  public let denoised: Latents

  init(_ step: DenoisingStep) {
    (index, count, timestep) = (step.call.index, step.call.count, step.call.timestep)
    denoised = Latents(step.denoised)
  }
}
