/// The original code's names of a denoiser's layers, by diffusers' names: the way back from `LDMUNetLayout`.
struct LDMLayerNames {
  /// Resnets of each block.
  private let down: [Int: Int]
  private let up: [Int: Int]
  /// Blocks on the way up with transformers.
  private let attentionUp: Set<Int>

  /// - Parameter names: all layers of the denoiser.
  init(_ names: some Sequence<String>) {
    var (down, up, attentionUp): ([Int: Int], [Int: Int], Set<Int>) = ([:], [:], [])
    for name in names {
      let parts = name.split(separator: ".")
      guard parts.count > 3, let block = Int(parts[1]), let index = Int(parts[3]), 0..<1 << 16 ~= index else {
        continue
      }
      switch (parts[0], parts[2]) {
      case ("down_blocks", "resnets"): down[block] = max(down[block] ?? 0, index + 1)
      case ("up_blocks", "resnets"): up[block] = max(up[block] ?? 0, index + 1)
      case ("up_blocks", "attentions"): attentionUp.insert(block)
      default: break
      }
    }
    (self.down, self.up, self.attentionUp) = (down, up, attentionUp)
  }

  /// - Returns: nil for a layer that the original code does not have.
  func callAsFunction(_ name: String) -> String? {
    if let end = LDMTables.unetEnds.first(where: { $0.new == name }) { return end.old }
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count > 3 else { return nil }
    if parts[0] == "mid_block" {
      let places = ["resnets.0": 0, "attentions.0": 1, "resnets.1": 2]
      return places["\(parts[1]).\(parts[2])"].map { "middle_block.\($0)." + Self.inside(parts[1], parts[3...]) }
    }
    let numbers = 0..<1 << 16
    guard parts.count > 4, let block = Int(parts[1]), let index = Int(parts[3]), numbers ~= block, numbers ~= index
    else { return nil }
    let (kind, rest) = (parts[2], parts[4...])
    func before(_ counts: [Int: Int]) -> Int { counts.filter { $0.key < block }.values.reduce(0, +) }
    switch (parts[0], kind) {
    case ("down_blocks", "downsamplers"): return "input_blocks.\(1 + before(down) + block + (down[block] ?? 0)).0.op"
    case ("up_blocks", "upsamplers"):
      let place = attentionUp.contains(block) ? 2 : 1
      return "output_blocks.\(before(up) + (up[block] ?? 1) - 1).\(place).conv"
    case ("down_blocks", "resnets"), ("down_blocks", "attentions"):
      let place = kind == "resnets" ? 0 : 1
      return "input_blocks.\(1 + before(down) + block + index).\(place)." + Self.inside(kind, rest)
    case ("up_blocks", "resnets"), ("up_blocks", "attentions"):
      return "output_blocks.\(before(up) + index).\(kind == "resnets" ? 0 : 1)." + Self.inside(kind, rest)
    default: return nil
    }
  }

  private static func inside(_ kind: String, _ rest: ArraySlice<String>) -> String {
    let name = rest.joined(separator: ".")
    return kind == "resnets" ? LDMTables.unetResnet.first { $0.new == name }?.old ?? name : name
  }
}
