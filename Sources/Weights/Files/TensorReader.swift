package import NegativeSpaceKernels
package import NegativeSpaceTensors

/// An opened file of named tensors, whatever its format: `openTensorFile` finds out which it is.
///
/// Opening checks everything that the file says of its tensors; their elements are read when they are asked for.
package protocol TensorReader: Sendable {
  /// The path, for messages.
  var file: String { get }
  /// The tensors in the file, by name.
  var entries: [String: TensorEntry] { get }
  /// The strings that the file carries beside its tensors.
  var metadata: [String: String] { get }
  /// Things found in the file and left out, a sentence each.
  var notes: [String] { get }

  /// The file's own spelling of `name`, for messages.
  func spelling(of name: String) -> String

  /// The elements of `name`, row-major, valid as long as the result lives.
  ///
  /// - Throws: `TensorFileError.missingTensor`.
  func stored(_ name: String) throws -> StoredTensor
}

/// The type and shape of a tensor in a file.
package struct TensorEntry: Sendable, Hashable {
  package let type: ElementType
  /// PyTorch's: sizes along each axis, empty for a scalar.
  package let shape: [Int]
  /// The blocks that the file holds such elements in; nil where it holds them as they are.
  var blocks: BlockType?
  /// The type in the file, as its format names it.
  package var storedType: String { blocks?.rawValue ?? type.rawValue }

  /// Number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// Bytes of a tensor; nil when some product of the sizes does not fit in 64 bits.
  static func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
    var bytes = type.byteCount
    // A zero makes the tensor empty, but not the other sizes possible.
    for size in shape where size != 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      bytes = product
    }
    return shape.contains(0) ? 0 : bytes
  }
}

extension TensorReader {
  package var notes: [String] { [] }

  package func spelling(of name: String) -> String { name }

  /// The tensor `name` in `dtype`, or in the type nearest to the stored one: bfloat16 stays so, all else becomes
  /// float32.
  ///
  /// Nothing is copied where the file stores exactly that; rounding is to nearest even.
  /// - Throws: `TensorFileError.missingTensor`.
  package func tensor(_ name: String, as dtype: DataType? = nil) throws -> Tensor {
    let stored = try stored(name)
    return stored.tensor(as: dtype ?? stored.entry.type.native ?? .float32)
  }

  /// The whole numbers of `name`; booleans are 0 and 1.
  ///
  /// - Throws: `TensorFileError` if it is missing, not of whole numbers, or beyond 64 bits.
  package func integers(_ name: String) throws -> IntegerTensor {
    let stored = try stored(name)
    guard let values = stored.integers else {
      throw TensorFileError.wrongType(
        file: file, tensor: name, found: stored.entry.type.rawValue, expected: "whole numbers of up to 64 bits")
    }
    return IntegerTensor(values, shape: stored.entry.shape)
  }
}

/// Whole numbers with a shape: token ids, step counts.
package struct IntegerTensor: Sendable, Hashable {
  package let values: [Int64]
  package let shape: [Int]

  package init(_ values: [Int64], shape: [Int]? = nil) {
    let shape = shape ?? [values.count]
    precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
    (self.values, self.shape) = (values, shape)
  }
}
