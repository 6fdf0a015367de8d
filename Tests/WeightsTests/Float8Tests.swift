import Foundation
import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

/// Numbers of 8 bits, by their definitions (arXiv:2209.05433, and the FNUZ forms of LLVM's APFloat).
struct Float8Tests {
  /// What a byte means.
  private static func value(_ byte: UInt8, mantissa: Int, bias: Int) -> Float {
    let exponent = Int(byte & 0x7F) >> mantissa
    let fraction = Float(Int(byte) & (1 << mantissa - 1)) / Float(1 << mantissa)
    let magnitude =
      exponent == 0
      ? Float(sign: .plus, exponent: 1 - bias, significand: 1) * fraction
      : Float(sign: .plus, exponent: exponent - bias, significand: 1 + fraction)
    return byte & 0x80 == 0 ? magnitude : -magnitude
  }

  private static func expected(_ type: String, _ byte: UInt8) -> Float {
    switch type {
    case "F8_E4M3": byte & 0x7F == 0x7F ? .nan : value(byte, mantissa: 3, bias: 7)
    case "F8_E5M2":
      byte & 0x7F > 0x7C
        ? .nan
        : byte & 0x7F == 0x7C
          ? .infinity * (byte & 0x80 == 0 ? 1 : -1)
          : value(byte, mantissa: 2, bias: 15)
    case "F8_E4M3FNUZ": byte == 0x80 ? .nan : value(byte, mantissa: 3, bias: 8)
    default: byte == 0x80 ? .nan : value(byte, mantissa: 2, bias: 16)
    }
  }

  @Test func `A weight with a scale is both together, and the scales are no tensors`() throws {
    let header = """
      {"a.weight":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]},
      "a.scale_weight":{"dtype":"F32","shape":[],"data_offsets":[2,6]},
      "a.scale_input":{"dtype":"F32","shape":[1],"data_offsets":[6,10]},
      "b.weight":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[10,11]},
      "m.scaled_fp8":{"dtype":"F8_E4M3","shape":[0],"data_offsets":[11,11]}}
      """
    var data = WeightsFixtures.safetensors(header: header, dataBytes: 0)
    // 1, −2, the scale 0.5, another number, 1.
    data += Data([0x38, 0xC0]) + Data([0, 0, 0, 0x3F]) + Data([0, 0, 0x80, 0x3F]) + Data([0x38])
    try WeightsFixtures.inTemporaryFolder { folder in
      try WeightsFixtures.write(data, to: folder + "/x.safetensors")
      let file = try openTensorFile(folder + "/x.safetensors")
      #expect(Set(file.entries.keys) == ["a.weight", "b.weight"])
      #expect(try file.tensor("a.weight").floats == [0.5, -1])
      #expect(try file.tensor("b.weight").floats == [1])
    }
  }

  @Test(arguments: ["F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ"])
  func `All 256 patterns are the numbers that they stand for`(_ type: String) throws {
    let bytes = (0...255).map { UInt8($0) }
    var data = WeightsFixtures.safetensors(
      header: "{\"x\":{\"dtype\":\"\(type)\",\"shape\":[16,16],\"data_offsets\":[0,256]}}", dataBytes: 0)
    data += Data(bytes)
    try WeightsFixtures.inTemporaryFolder { folder in
      try WeightsFixtures.write(data, to: folder + "/x.safetensors")
      let file = try openTensorFile(folder + "/x.safetensors")
      let expected = bytes.map { Self.expected(type, $0) }
      let exact = try file.tensor("x", as: .float32).floats
      #expect(zip(exact, expected).allSatisfy { $0.isNaN ? $1.isNaN : $0.bitPattern == $1.bitPattern })
      // bfloat16 holds every one of them.
      let narrow = try file.tensor("x", as: .bfloat16).floats
      #expect(zip(narrow, expected).allSatisfy { $0.isNaN ? $1.isNaN : $0 == $1 })
      #expect(exact[1] > 0 && exact[0x7B] == exact.prefix(0x7C).max())
    }
  }
}
