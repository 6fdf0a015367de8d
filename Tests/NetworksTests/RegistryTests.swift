import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// The tables of what exists, and what the rest of the program asks of their members.
struct RegistryTests {
  @Test func `Every denoiser and codec is found by its class alone`() {
    for type in DenoiserRegistry.all {
      #expect(DenoiserRegistry.named(type.className) == type)
      #expect(LatentCodecRegistry.named(type.className) == nil)
      #expect(!type.pipelineClasses.isEmpty)
    }
    for type in LatentCodecRegistry.all { #expect(LatentCodecRegistry.named(type.className) == type) }
    #expect(DenoiserRegistry.named("Transformer2DModel") == nil)
    let classes = (DenoiserRegistry.all.map { $0.className } + LatentCodecRegistry.all.map { $0.className })
    #expect(Set(classes).count == classes.count)
  }

  @Test func `Pictures have one frame, clips several`() {
    let configurations: [any DenoiserConfiguration] = [
      UNet2DConditionConfiguration(), UNet3DConditionConfiguration(), LVDMUNetConfiguration(),
    ]
    for configuration in configurations {
      let isClip = type(of: configuration).layout == .clips
      #expect(isClip == (configuration.habits.frames > 1))
      #expect(configuration.blockLayers.count == configuration.blockOutChannels.count)
    }
  }

  /// diffusers' Wan and SD 3 codecs: (z − mean) / deviation, and z · factor.
  @Test func `Latents are scaled channel by channel, there and back`() {
    let scaling = LatentScaling(factor: 2, mean: [1, -1], deviation: [4, 0.5])
    let latents = Tensor([5, 0, 1, -2], shape: [1, 1, 2, 2])
    let scaled = scaling.applied(to: latents)
    #expect(scaled.floats == [2, 4, 0, -4])
    #expect(scaling.removed(from: scaled).floats == latents.floats)
    #expect(LatentScaling(factor: 0.5).applied(to: latents).floats == [2.5, 0, 0.5, -1])
  }
}
