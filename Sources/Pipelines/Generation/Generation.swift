import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors

/// One picture or video in the making: steps, then frames.
///
///     var generation = try model.start(request)
///     while let step = try generation.nextStep() { print(step.index + 1, "of", step.count) }
///     try generation.latents.write(to: "latents.safetensors")
///     while let frame = try generation.nextFrame() { … }
///
/// Nothing happens between the calls, so that the caller may stop, show or save at any of them. It owns the parts of
/// the model that it began with, and belongs to one task at a time; the model itself may be shared.
public struct Generation {
  /// The request it carries out, with nothing left open.
  public let request: GenerationRequest
  /// Warnings of what could not be followed to the letter, such as a prompt that was cut.
  public let warnings: [String]
  /// Notes on what was used, such as learned negatives, a line each.
  public let notes: [String]

  /// Lets go of the networks of the steps, where no other generation is to come.
  private let release: () -> Void
  /// The autoencoder of this request, loaded when the frames begin.
  private let autoencoder: () throws -> any LatentCodec
  /// nil from the first frame on: it holds the networks of the steps.
  private var denoising: Denoising?
  private var reached: Tensor
  private var decoder: FrameDecoder?

  init(
    _ request: GenerationRequest, _ denoising: Denoising, release: @escaping () -> Void,
    autoencoder: @escaping () throws -> any LatentCodec, warnings: [String], notes: [String]
  ) {
    (self.request, self.denoising, self.release, self.autoencoder) = (request, denoising, release, autoencoder)
    (self.warnings, self.notes, reached) = (warnings, notes, denoising.latents)
  }

  /// Makes one step; nil when there is none left, and once the frames have begun.
  ///
  /// - Throws: an error with the step at which a value is NaN or infinite.
  public mutating func nextStep() throws -> GenerationStep? {
    guard let step = try denoising?.next() else { return nil }
    reached = step.latents
    return GenerationStep(step)
  }

  /// The latents after the last step made.
  public var latents: Latents { Latents(reached) }

  /// Decodes the next frame; nil after the last.
  ///
  /// - Throws: an error for a value that is NaN.
  public mutating func nextFrame() throws -> Frame? {
    if decoder == nil {
      denoising = nil
      release()
      // Buffers that the steps used again and again are of no use to the decoder.
      BufferPool.shared.trim()
      decoder = FrameDecoder(
        try autoencoder(), latents: reached, tiling: request.vaeTiling, scale: request.scale ?? 1)
    }
    return try decoder?.next()
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
  /// The clean sample as the network sees it at this step, which a preview shows.
  public let denoised: Latents

  init(_ step: DenoisingStep) {
    (index, count, timestep) = (step.call.index, step.call.count, step.call.timestep)
    denoised = Latents(step.denoised)
  }
}
