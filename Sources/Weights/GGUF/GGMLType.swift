/// The types of elements in GGUF files, by ggml's numbers for them (`enum ggml_type` in ggml.h).
enum GGMLType: Hashable {
  /// Elements that other files have too.
  case plain(ElementType)
  /// Blocks of elements that share their scales.
  case blocks(BlockType)

  private static let plain: [UInt32: ElementType] = [
    0: .float32, 1: .float16, 24: .int8, 25: .int16, 26: .int32, 27: .int64, 28: .float64, 30: .bfloat16,
  ]

  /// The names of those that are not read.
  private static let others: [UInt32: String] = [
    9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S",
    22: "IQ2_S", 23: "IQ4_XS", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4",
  ]

  init?(_ number: UInt32) {
    if let type = Self.plain[number] {
      self = .plain(type)
    } else if let type = BlockType.allCases.first(where: { $0.number == number }) {
      self = .blocks(type)
    } else {
      return nil
    }
  }

  /// What ggml calls a number that is not read.
  static func name(of number: UInt32) -> String { others[number] ?? "number \(number)" }

  /// Elements that are stored together, in successive places of a row.
  var blockSize: Int { if case .blocks(let type) = self { type.count } else { 1 } }

  /// Bytes of so many elements.
  var blockBytes: Int {
    switch self {
    case .plain(let type): type.byteCount
    case .blocks(let type): type.byteCount
    }
  }
}
