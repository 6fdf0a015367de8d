import NegativeSpaceConfiguration
import Testing

/// The part of YAML in which configurations of latent-diffusion's family are written.
struct YAMLSubsetTests {
  @Test func `Maps, lists and scalars are read`() {
    let text = """
      # a comment
      model:
        params:
          linear_start: 0.00085
          timesteps: 1000
          image_size:
          - 40
          - 64
          use_scale: true   # a comment behind
          target: 'lvdm.models#1'
          name: "a: b"
          flow: [1, 2.5, x]
          nothing:
          unet_config:
              deeper:
                  - 4
          after: ~
      """
    let params = YAMLSubset.value(of: text)["model"]?["params"]
    #expect(params?["linear_start"] == .number(0.00085))
    #expect(params?["timesteps"] == .integer(1000))
    #expect(params?["image_size"] == .array([.integer(40), .integer(64)]))
    #expect(params?["use_scale"] == .bool(true))
    #expect(params?["target"] == .string("lvdm.models#1"))
    #expect(params?["name"] == .string("a: b"))
    #expect(params?["flow"] == .array([.integer(1), .number(2.5), .string("x")]))
    #expect(params?["nothing"] == .null)
    #expect(params?["unet_config"]?["deeper"] == .array([.integer(4)]))
    #expect(params?["after"] == .null)
  }

  @Test(arguments: ["", "\n\n", "- a\n- b", "{", "key", ":", "a: b: c", String(repeating: " ", count: 4000) + "x: 1"])
  func `Nothing fails`(_ text: String) { _ = YAMLSubset.value(of: text) }

  @Test func `Depth is bounded`() {
    let text = (0..<500).map { String(repeating: " ", count: $0) + "k:" }.joined(separator: "\n")
    #expect(YAMLSubset.value(of: text)["k"] != nil)
  }
}
