import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

@Suite("Weights from files")
struct FileWeightsTests {
  private func with<Result>(
    _ tensors: [String: Tensor], dtype: DataType = .float32, checkFinite: Bool = false,
    _ body: (FileWeights) throws -> Result
  ) throws -> Result {
    try WeightsFixtures.inTemporaryFolder { folder in
      try TensorFile(tensors).write(to: folder + "/model.safetensors")
      let reader = try SafetensorsFile(path: folder + "/model.safetensors")
      return try body(FileWeights([reader], dtype: dtype, checkFinite: checkFinite))
    }
  }

  @Test("matrices come in the compute type, vectors in float32")
  func types() throws {
    let tensors = [
      "layer.weight": Tensor([1, 2, 3, 4.001], shape: [2, 2]),
      "layer.bias": Tensor([1, 2], shape: [2]).cast(to: .bfloat16),
    ]
    try with(tensors, dtype: .bfloat16) { weights in
      let (weight, bias) = try weights.build { scope in
        (
          try scope["layer"].tensor("weight", shape: [2, 2], initial: .zeros),
          try scope["layer"].tensor("bias", shape: [2], role: .vector, initial: .zeros)
        )
      }
      #expect(weight.dtype == .bfloat16 && weight.floats == [1, 2, 3, 4])
      #expect(bias.dtype == .float32 && bias.floats == [1, 2])
    }
  }

  @Test("everything missing, misshapen, unused and not finite is in one error")
  func mismatch() throws {
    let tensors = [
      "a.weight": Tensor([1, 2], shape: [2, 1]), "b.weight": Tensor([1, 2], shape: [1, 2]),
      "c.bias": Tensor([1, .nan], shape: [2]), "d.bias": Tensor([1], shape: [1]), "e.bias": Tensor([1], shape: [1]),
    ]
    try with(tensors, checkFinite: true) { weights in
      do {
        try weights.build { scope in
          let zeros = try scope["z"].tensor("weight", shape: [3, 4], initial: .ones)
          #expect(zeros.shape == [3, 4] && zeros.floats.allSatisfy { $0 == 0 })
          _ = try scope["a"].tensor("weight", shape: [1, 2], initial: .ones)
          _ = try scope["b"].tensor("weight", shape: [1, 2], initial: .ones)
          _ = try scope["c"].tensor("bias", shape: [2], role: .vector, initial: .ones)
          _ = try scope["y"].tensor("weight", shape: [100_000, 1_000_000], initial: .ones)
        }
        throw Unexpected()
      } catch let error as WeightMismatch {
        #expect(error.problems.missing == ["z.weight", "y.weight"])
        #expect(error.problems.misshapen == [.init(name: "a.weight", expected: [1, 2], found: [2, 1])])
        #expect(error.problems.unused == ["d.bias", "e.bias"])
        #expect(error.problems.notFinite == ["c.bias"])
        for fact in ["model.safetensors", "z.weight", "a.weight: expected [1, 2], found [2, 1]", "d.bias", "c.bias"] {
          #expect(error.description.contains(fact), "\(error)")
        }
      }
    }
  }

  @Test("a number that the compute type makes infinite is not finite", arguments: DataType.allCases)
  func overflow(dtype: DataType) throws {
    // The largest bfloat16 is 3.3895e38, the largest float32 3.4028e38.
    try with(["a.weight": Tensor([3.402e38, 1], shape: [1, 2])], dtype: dtype, checkFinite: true) { weights in
      _ = try weights.tensor("a.weight", shape: [1, 2], role: .matrix, initial: .zeros)
      if dtype == .float32 {
        try weights.finish()
      } else {
        #expect(throws: WeightMismatch.self) { try weights.finish() }
      }
    }
  }

  @Test("weights that are converted are in memory once, packed, and read all the same", arguments: DataType.allCases)
  func heldOnce(dtype: DataType) throws {
    let side = 512
    let identity = Tensor((0..<side * side).map { $0 / side == $0 % side ? 2 : 0 }, shape: [side, side])
    let other: DataType = dtype == .float32 ? .bfloat16 : .float32
    try with(["a.weight": identity.cast(to: other)], dtype: dtype) { weights in
      let weight = try weights.tensor("a.weight", shape: [side, side], role: .matrix, initial: .zeros)
      let x = Tensor(repeating: 3, shape: [4, side]).cast(to: dtype)
      // In the first call it is packed; from then on nothing but the copy is held.
      for _ in 0..<2 { #expect(x.linear(weight).floats == [Float](repeating: 6, count: 4 * side)) }
      #expect(weight.floats == identity.floats)
    }
  }

  @Test("a shape beyond the address space is refused at once")
  func absurdShape() throws {
    try with([:]) { weights in
      for shape in [[Int.max, 2], [1 << 40, 1 << 10]] {
        #expect(throws: WeightMismatch.self) {
          try weights.tensor("a", shape: shape, role: .matrix, initial: .zeros)
        }
      }
    }
  }

  @Test(
    "other spellings are found",
    arguments: [
      ("text_model.encoder.layers.0.weight", "encoder.layers.0.weight"),
      ("encoder.layers.0.weight", "text_model.encoder.layers.0.weight"),
      ("mid_block.attentions.0.to_q.weight", "mid_block.attentions.0.query.weight"),
      ("mid_block.attentions.0.key.weight", "mid_block.attentions.0.to_k.weight"),
      ("mid_block.attentions.0.to_v.weight", "mid_block.attentions.0.value.weight"),
      ("mid_block.attentions.0.to_out.0.weight", "mid_block.attentions.0.proj_attn.weight"),
      ("same.weight", "same.weight"),
    ])
  func spellings(wanted: String, stored: String) throws {
    let tensors = [
      stored: Tensor([3, 4], shape: [1, 2]), "embeddings.position_ids": Tensor([0], shape: [1]),
      "text_model.embeddings.position_ids": Tensor([0], shape: [1]),
    ]
    try with(tensors) { weights in
      #expect(weights.contains(wanted) && !weights.contains("other.weight"))
      #expect(try weights.tensor(wanted, shape: [1, 2], role: .matrix, initial: .zeros).floats == [3, 4])
      try weights.finish()
    }
  }

  @Test("a 1×1 convolution and a linear layer are the same weights")
  func pointwise() throws {
    try with(["a": Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3, 1, 1]), "b": Tensor([1, 2], shape: [2, 1])]) { weights in
      let linear = try weights.tensor("a", shape: [2, 3], role: .matrix, initial: .zeros)
      #expect(linear.shape == [2, 3] && linear.floats == [1, 2, 3, 4, 5, 6])
      #expect(try weights.tensor("b", shape: [2, 1, 1, 1], role: .matrix, initial: .zeros).shape == [2, 1, 1, 1])
      try weights.finish()
      // Neither transposed nor flattened.
      _ = try weights.tensor("a", shape: [3, 2], role: .matrix, initial: .zeros)
      _ = try weights.tensor("b", shape: [2], role: .matrix, initial: .zeros)
      #expect(throws: WeightMismatch.self) { try weights.finish() }
    }
  }

  @Test("one name in two files is refused")
  func duplicate() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      for name in ["one", "two"] {
        try TensorFile(["a": Tensor([1], shape: [1])]).write(to: "\(folder)/\(name).safetensors")
      }
      let readers = try ["one", "two"].map { try SafetensorsFile(path: "\(folder)/\($0).safetensors") }
      #expect(throws: TensorFileError.duplicateTensor(file: readers[0].file, tensor: "a", other: readers[1].file)) {
        try FileWeights(readers)
      }
    }
  }
}
