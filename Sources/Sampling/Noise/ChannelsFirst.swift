package import NegativeSpaceTensors

// PyTorch lays latents out as (N, C, H, W) or (B, C, F, H, W), this package as (N, H, W, C) or (B, F, H, W, C).
// Random numbers and latents in files are in PyTorch's order.

extension Tensor {
  /// Latents from values in PyTorch's layout.
  ///
  /// - Parameters:
  ///   - shape: PyTorch's, (N, C, …); the tensor's is (N, …, C).
  package init(channelsFirst values: [Float], shape: [Int]) {
    self.init(toChannelsLast(values[...], shape: shape), shape: channelsLastShape(shape))
  }

  /// The values and shape of these latents in PyTorch's layout.
  package var channelsFirst: (values: [Float], shape: [Int]) {
    let channels = size(-1)
    let positions = shape.dropFirst().dropLast().reduce(1, *)
    // (N, positions, C) to (N, C, positions) is the same exchange with the roles turned.
    let values = exchanged(floats[...], outer: shape[0], rows: positions, columns: channels)
    return (values, [shape[0], channels] + shape.dropFirst().dropLast())
  }
}

extension RandomSource {
  /// Initial latents of a channels-last shape, equal to `torch.randn` of the channels-first one.
  package mutating func latents(_ shape: [Int]) -> Tensor {
    Tensor(channelsLastNormals(shape), shape: shape)
  }

  /// Standard normal values drawn for (N, C, …) and laid out as (N, …, C).
  mutating func channelsLastNormals(_ shape: [Int]) -> [Float] {
    let channelsFirst = [shape[0], shape[shape.count - 1]] + shape.dropFirst().dropLast()
    return toChannelsLast(normals(shape.reduce(1, *))[...], shape: channelsFirst)
  }
}

/// (N, C, …) to (N, …, C).
func channelsLastShape(_ shape: [Int]) -> [Int] {
  [shape[0]] + shape.dropFirst(2) + [shape[1]]
}

/// Values laid out as (N, C, …), in the order of (N, …, C).
func toChannelsLast(_ values: ArraySlice<Float>, shape: [Int]) -> [Float] {
  exchanged(values, outer: shape[0], rows: shape[1], columns: shape.dropFirst(2).reduce(1, *))
}

/// (outer, rows, columns) to (outer, columns, rows).
private func exchanged(_ values: ArraySlice<Float>, outer: Int, rows: Int, columns: Int) -> [Float] {
  precondition(values.count == outer * rows * columns, "\(values.count) values do not fill \([outer, rows, columns])")
  var result = [Float](repeating: 0, count: values.count)
  for block in 0..<outer {
    let start = block * rows * columns
    for row in 0..<rows {
      for column in 0..<columns {
        result[start + column * rows + row] = values[values.startIndex + start + row * columns + column]
      }
    }
  }
  return result
}
