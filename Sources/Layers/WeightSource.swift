package import NegativeSpaceTensors

/// The source of a network's parameters: a file, a random generator, a trainer's own copies.
///
/// A network asks for every parameter it has by name and shape while it is being built, and for nothing else, so a
/// source sees the whole list and can tell what was never asked for.
package protocol WeightSource: AnyObject {
  /// The parameter called `name`.
  ///
  /// - Parameters:
  ///   - name: the full dotted path, exactly the key in a diffusers or transformers file.
  ///   - shape: PyTorch's: (out, in), (O, I, kh, kw), (O, I, kt, kh, kw), (C).
  ///   - role: decides between delivery in the compute type and always as float32.
  ///   - initial: its values when nothing is read.
  /// - Throws: the source's own error when the parameter is missing or has another shape.
  func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor

  /// True if `name` is there, for parts that some files lack. A source that can make anything answers true.
  func contains(_ name: String) -> Bool
}

/// The purpose of a parameter, which decides the type that it is delivered in.
package enum WeightRole: Sendable, Hashable {
  /// Kernels, projections and tables: delivered in the compute type.
  case matrix
  /// Norm scales and shifts, and biases: always float32.
  case vector
}
