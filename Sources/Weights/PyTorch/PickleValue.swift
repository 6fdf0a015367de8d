/// A value that a pickle builds.
///
/// Everything that can hold other values stands in the machine's arena and is meant by its place there: cycles are
/// harmless, and nothing recurses, however deep a hostile pickle nests.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// A whole number beyond 64 bits, little-endian in these bytes of the file.
  case wideInteger(Range<Int>)
  case number(Double)
  case string(String)
  /// These bytes of the file.
  case bytes(Range<Int>)
  case node(Int)
}

/// An entry of the arena.
enum PickleNode {
  case tuple([PickleValue])
  case list(PickleList)
  case dictionary(PickleDictionary)
  /// The dotted name of a class or function, which is never looked up.
  case global(String)
  /// The result that an unknown class or function would have had.
  case object(PickleObject)
  case storage(TorchStorage)
  case tensor(TorchTensor)
}

/// A list, or a set.
final class PickleList {
  var elements: [PickleValue]
  init(_ elements: [PickleValue] = []) { self.elements = elements }
}

/// A dictionary in its own order; of equal keys the last counts.
final class PickleDictionary {
  var pairs: [(key: PickleValue, value: PickleValue)] = []
}

/// A placeholder that keeps what was put into it.
final class PickleObject {
  let name: String
  let items = PickleDictionary()
  let list = PickleList()
  var state = PickleValue.none
  init(name: String) { self.name = name }
}

/// The memory behind tensors, as the pickle speaks of it.
struct TorchStorage {
  /// Its name in the archive, or in the list at a legacy file's end.
  let key: String
  /// nil for bytes without a type, and for types that are not known here.
  let type: ElementType?
  /// PyTorch's name of the type.
  let typeName: String
  /// Elements; bytes where there is no type.
  let count: Int
  /// Elements of the whole storage before this part of it; only files before PyTorch 0.4 have parts.
  let offset: Int
}

/// A view of a storage.
struct TorchTensor {
  let storage: TorchStorage
  /// nil for types that are not known here.
  let type: ElementType?
  let typeName: String
  /// Elements before the first one.
  let offset: Int
  let shape: [Int]
  /// Elements from one to the next along each axis.
  let strides: [Int]
}
