import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// What a decoder remembers of the texts that it is writing: keys and values of the encoder's states and of the tokens
/// so far.
package struct T5DecoderMemory: Sendable {
  /// Of one layer.
  struct Layer: Sendable {
    var own: T5KeysAndValues?
    var encoded: T5KeysAndValues?
  }

  var layers: [Layer]
  /// (B, 1, 1, S), or nil where all of the encoder's states are to be seen.
  var encoderBias: Tensor?
  /// Tokens so far, of each text.
  package internal(set) var length = 0

  /// The memory of the texts `indices`, which may repeat: beams that go on from one another.
  ///
  /// - Parameter sharesEncoded: whether all of the texts chosen have the encoder's states of those whose place they
  ///   take, so that only the tokens' part moves.
  package func rows(_ indices: [Int], sharesEncoded: Bool = false) -> T5DecoderMemory {
    var result = self
    result.layers = layers.map {
      Layer(own: $0.own?.rows(indices), encoded: sharesEncoded ? $0.encoded : $0.encoded?.rows(indices))
    }
    if !sharesEncoded { result.encoderBias = encoderBias?.rows(indices) }
    return result
  }
}

/// T5's decoder: states of the tokens so far, with the encoder's states in view.
struct T5Decoder: Sendable {
  private let stack: T5Stack

  init(_ weights: WeightScope, _ configuration: T5Configuration, dtype: DataType) throws {
    stack = try T5Stack(weights, configuration, layers: configuration.decoderLayers, isDecoder: true, dtype: dtype)
  }

  /// The memory of texts of which nothing is written yet.
  ///
  /// - Parameters:
  ///   - states: the encoder's, (B, S, width). - mask: (B, S), or nil.
  func memory(of states: Tensor, mask: Tensor?) -> T5DecoderMemory {
    T5DecoderMemory(
      layers: stack.blocks.map { T5DecoderMemory.Layer(own: nil, encoded: $0.encoded(states)) },
      encoderBias: mask.map(T5Mask.bias))
  }

  /// The states (B, T, width), float32, of T more tokens of each text.
  func callAsFunction(_ embedded: Tensor, _ memory: inout T5DecoderMemory) -> Tensor {
    let (first, count) = (memory.length, embedded.size(1))
    let causal = count > 1 ? T5Mask.causal(queries: count, keys: first + count, first: first) : nil
    let states = stack(embedded, first: first, hidden: causal) { index, block, x, bias in
      block(x, memory: &memory.layers[index], bias: bias, encoderBias: memory.encoderBias)
    }
    memory.length = first + count
    return states
  }
}
