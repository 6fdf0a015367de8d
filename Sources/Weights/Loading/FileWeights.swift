package import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The parameters of one network in one or more files; strict both ways.
///
/// A missing or misshapen tensor does not stop the building of a network: it gets zeros, and `finish()` then names all
/// that is missing, misshapen, unused or not finite at once. Prefer `build`, which cannot forget to ask.
package final class FileWeights: WeightSource {
  /// The contents of the tensors that a network gets.
  package enum Delivery: Sendable {
    case values
    /// Zeros that take no memory, to see whether a file fits without reading it.
    case shapes
  }

  private let readers: [any TensorReader]
  /// Index of the reader that holds each name.
  private let places: [String: Int]
  private let recipe: KeyRecipe
  private let dtype: DataType
  private let checkFinite: Bool
  private let delivery: Delivery
  private var taken: Set<String> = []
  private var problems = WeightMismatch.Problems()
  /// Every tensor that was asked for and is there, in order.
  package private(set) var found: [Found] = []

  /// A tensor by the name and the shape that a network asked for.
  package struct Found: Sendable {
    package let name: String
    package let shape: [Int]
    let key: String
    let reader: any TensorReader
  }

  /// - Parameters:
  ///   - readers: the files, which together hold the network.
  ///   - dtype: type of the delivered matrices; vectors are float32 always.
  ///   - recipe: other spellings of names.
  ///   - checkFinite: whether every weight that is delivered is searched for NaN and infinity.
  ///   - delivery: the values, or only zeros of their shapes.
  /// - Throws: `TensorFileError.duplicateTensor` when two files hold one name.
  package init(
    _ readers: [any TensorReader], dtype: DataType = .float32, recipe: KeyRecipe = .diffusers,
    checkFinite: Bool = false,
    delivery: Delivery = .values
  ) throws {
    var places: [String: Int] = [:]
    for (index, reader) in readers.enumerated() {
      for name in reader.entries.keys.sorted() {
        if let other = places[name] {
          throw TensorFileError.duplicateTensor(file: readers[other].file, tensor: name, other: reader.file)
        }
        places[name] = index
      }
    }
    (self.readers, self.places, self.recipe) = (readers, places, recipe)
    (self.dtype, self.checkFinite, self.delivery) = (dtype, checkFinite, delivery)
  }

  /// The network that `make` builds from these weights, if they are exactly what it needs.
  ///
  /// - Throws: `WeightMismatch`, or the error of `make`.
  package func build<Network>(_ make: (WeightScope) throws -> Network) throws -> Network {
    let network = try make(WeightScope(self))
    try finish()
    return network
  }

  /// Says whether everything that was asked for was there and everything there was asked for.
  ///
  /// - Throws: `WeightMismatch`, which lists all that is wrong.
  package func finish() throws {
    var problems = problems
    problems.unused = places.filter { !taken.contains($0.key) && !recipe.ignores($0.key) }
      .map { readers[$0.value].spelling(of: $0.key) }.sorted()
    guard problems.isEmpty else { throw WeightMismatch(files: readers.map(\.file), problems: problems) }
  }

  // MARK: WeightSource

  package func contains(_ name: String) -> Bool { stored(name) != nil }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    let type = role == .vector ? .float32 : dtype
    guard let (key, reader) = stored(name), let entry = reader.entries[key] else {
      problems.missing.append(name)
      return try placeholder(shape, type)
    }
    taken.insert(key)
    guard Self.agree(entry.shape, shape) else {
      problems.misshapen.append(.init(name: name, expected: shape, found: entry.shape))
      return try placeholder(shape, type)
    }
    found.append(Found(name: name, shape: shape, key: key, reader: reader))
    if delivery == .shapes { return try placeholder(shape, type) }
    let stored = try reader.stored(key)
    if checkFinite, !stored.isFinite(as: type) { problems.notFinite.append(name) }
    return Tensor(storage: stored.weight(as: type).storage, shape: shape, dtype: type)
  }

  private func stored(_ name: String) -> (key: String, reader: any TensorReader)? {
    for candidate in recipe.candidates(for: name) {
      if let index = places[candidate] { return (candidate, readers[index]) }
    }
    return nil
  }

  /// True if the shapes are equal but for kernel sizes of one: a 1×1 convolution is a linear layer.
  private static func agree(_ found: [Int], _ wanted: [Int]) -> Bool {
    func matrix(_ shape: [Int]) -> [Int] {
      guard shape.count > 2, shape.dropFirst(2).allSatisfy({ $0 == 1 }) else { return shape }
      return Array(shape.prefix(2))
    }
    return found == wanted || matrix(found) == matrix(wanted)
  }

  /// Zeros that take no memory, for a network that will not be used.
  private func placeholder(_ shape: [Int], _ type: DataType) throws -> Tensor {
    guard let zeros = ZeroPages(shape: shape, dtype: type) else {
      throw WeightMismatch(files: readers.map(\.file), problems: problems)
    }
    return zeros.tensor
  }
}
