import Testing

@testable import NegativeSpaceWeights

/// The names of Stable Diffusion 1.5's layers in the original code, as its published files have them.
struct LDMLayerNamesTests {
  /// The layers by which blocks are counted: four blocks of two layers, three on the way up, transformers in all but
  /// the lowest.
  private let names: LDMLayerNames = {
    var layers: [String] = []
    for block in 0..<4 {
      for layer in 0..<3 {
        if layer < 2 { layers.append("down_blocks.\(block).resnets.\(layer).conv1") }
        layers.append("up_blocks.\(block).resnets.\(layer).conv1")
        if block > 0 { layers.append("up_blocks.\(block).attentions.\(layer).proj_in") }
      }
    }
    return LDMLayerNames(layers)
  }()

  @Test(arguments: [
    ("conv_in", "input_blocks.0.0"), ("conv_out", "out.2"), ("time_embedding.linear_2", "time_embed.2"),
    ("down_blocks.0.attentions.0.proj_in", "input_blocks.1.1.proj_in"),
    ("down_blocks.0.downsamplers.0.conv", "input_blocks.3.0.op"),
    ("down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k", "input_blocks.4.1.transformer_blocks.0.attn2.to_k"),
    ("down_blocks.2.downsamplers.0.conv", "input_blocks.9.0.op"),
    ("down_blocks.3.resnets.1.time_emb_proj", "input_blocks.11.0.emb_layers.1"),
    ("mid_block.attentions.0.proj_out", "middle_block.1.proj_out"),
    ("mid_block.resnets.1.conv2", "middle_block.2.out_layers.3"),
    ("up_blocks.0.upsamplers.0.conv", "output_blocks.2.1.conv"),
    ("up_blocks.1.upsamplers.0.conv", "output_blocks.5.2.conv"),
    ("up_blocks.2.resnets.0.conv_shortcut", "output_blocks.6.0.skip_connection"),
    (
      "up_blocks.3.attentions.2.transformer_blocks.0.ff.net.0.proj",
      "output_blocks.11.1.transformer_blocks.0.ff.net.0.proj"
    ),
  ])
  func `A layer of diffusers is one of the original code`(_ name: String, _ original: String) {
    #expect(names(name) == original)
  }

  @Test func `What the original code does not have has no name`() {
    for name in [
      "down_blocks.0.motion_modules.0.proj_in", "x", "down_blocks.x.resnets.0.conv1", "",
      "down_blocks.9223372036854775807.resnets.0.conv1", "add_embedding.linear_1",
    ] {
      #expect(names(name) == nil)
    }
  }
}
