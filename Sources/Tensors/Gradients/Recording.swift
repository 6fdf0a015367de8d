/// The switch for recording operations so that they can be differentiated.
package enum Recording {
  @TaskLocal static var isOn = true
}

/// Runs `body` with nothing recorded, whatever its inputs ask for.
package func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  try Recording.$isOn.withValue(false, operation: body)
}

/// Whether operators record how values were made, where an input asks for a gradient.
package var isRecordingGradients: Bool { Recording.isOn }

extension Tensor {
  /// Whether a gradient can flow into this tensor.
  package var needsGradient: Bool { node != nil }

  /// This value with its pullback attached, if recording is on and an input needs a gradient.
  ///
  /// - Parameters:
  ///   - inputs: the tensors this value was made of.
  ///   - pullback: gets the gradient of this value and sends each input its share.
  func recorded(from inputs: Tensor..., pullback: @escaping (_ upstream: Tensor, _ flow: GradientFlow) -> Void)
    -> Tensor
  {
    recorded(fromAll: inputs, pullback: pullback)
  }

  func recorded(fromAll inputs: [Tensor], pullback: @escaping (_ upstream: Tensor, _ flow: GradientFlow) -> Void)
    -> Tensor
  {
    guard inputs.contains(where: \.needsGradient), Recording.isOn else { return self }
    return Tensor(storage: storage, shape: shape, dtype: dtype, node: Node(kind: .operation(pullback)))
  }
}
