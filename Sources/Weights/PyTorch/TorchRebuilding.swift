/// The functions and classes of PyTorch that a file of weights needs: the only ones whose calls mean anything here.
enum TorchRebuilding {
  /// Element types by the last part of a storage class's name; `torch.cuda.FloatStorage` counts as
  /// `torch.FloatStorage`.
  static let storageTypes: [String: ElementType] = [
    "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8,
    "BoolStorage": .bool,
  ]

  /// Element types by the names of `torch.dtype`s.
  static let elementTypes: [String: ElementType] = [
    "torch.float64": .float64, "torch.double": .float64, "torch.float32": .float32, "torch.float": .float32,
    "torch.float16": .float16, "torch.half": .float16, "torch.bfloat16": .bfloat16, "torch.int64": .int64,
    "torch.int32": .int32, "torch.int16": .int16, "torch.int8": .int8, "torch.uint64": .uint64,
    "torch.uint32": .uint32, "torch.uint16": .uint16, "torch.uint8": .uint8, "torch.bool": .bool,
    "torch.float8_e4m3fn": .float8E4M3, "torch.float8_e5m2": .float8E5M2, "torch.float8_e4m3fnuz": .float8E4M3FNUZ,
    "torch.float8_e5m2fnuz": .float8E5M2FNUZ,
  ]

  static let tensorFunctions: Set = [
    "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
  ]
  static let parameterFunctions: Set = [
    "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
  ]
  static let subclassFunction = "torch._tensor._rebuild_from_type_v2"
  static let dictionaries: Set = [
    "collections.OrderedDict", "builtins.dict", "__builtin__.dict", "torch.nn.modules.container.ParameterDict",
  ]
  static let sequences: Set = [
    "torch.Size", "builtins.list", "builtins.tuple", "builtins.set", "__builtin__.list", "__builtin__.set",
  ]
  /// Classes that hold tensors without changing them.
  static let plainClasses: Set = [
    "torch.Tensor", "torch.nn.parameter.Parameter", "torch.device", "torch.UntypedStorage",
    "torch.storage.UntypedStorage",
  ]

  static func storageType(_ name: String) -> ElementType? {
    guard name.hasPrefix("torch.") else { return nil }
    return storageTypes[String(name.split(separator: ".").last ?? "")]
  }

  static func knows(_ name: String) -> Bool {
    tensorFunctions.contains(name) || parameterFunctions.contains(name) || name == subclassFunction
      || dictionaries.contains(name) || sequences.contains(name) || plainClasses.contains(name)
      || elementTypes[name] != nil || (name.hasPrefix("torch.") && name.hasSuffix("Storage"))
  }
}

extension PickleMachine {
  /// Pushes what calling `function` would give, if it is PyTorch's own; a placeholder otherwise.
  mutating func call(_ function: PickleValue, _ arguments: PickleValue) throws(ByteFailure) {
    let name = globalName(function)
    let values = tuple(arguments)
    guard case .global? = node(function) else { return push(.object(PickleObject(name: name))) }
    if TorchRebuilding.tensorFunctions.contains(name) {
      try rebuildTensor(name, values)
    } else if TorchRebuilding.parameterFunctions.contains(name), let data = values.first {
      push(data)
    } else if name == TorchRebuilding.subclassFunction, values.count >= 3,
      TorchRebuilding.tensorFunctions.contains(globalName(values[0]))
    {
      try rebuildTensor(globalName(values[0]), tuple(values[2]))
    } else if name == TorchRebuilding.subclassFunction, values.count >= 3,
      TorchRebuilding.parameterFunctions.contains(globalName(values[0])), let data = tuple(values[2]).first
    {
      push(data)
    } else if name == "collections.OrderedDict" || name.hasSuffix(".dict") {
      let dictionary = PickleDictionary()
      // Python 2 wrote the entries as a list of pairs.
      for pair in try copied(values.first) {
        let both = sequence(pair)
        if both.count == 2 { dictionary.pairs.append((both[0], both[1])) }
      }
      push(.dictionary(dictionary))
    } else if TorchRebuilding.sequences.contains(name) {
      push(.list(PickleList(try copied(values.first))))
    } else {
      push(.object(PickleObject(name: name)))
    }
  }

  /// Pushes what a persistent id stands for: a storage, or nothing that matters here.
  ///
  /// `("storage", class, key, location, count)`; legacy files add a view of it, `None` or `(key, offset, count)`.
  mutating func resolve(_ id: PickleValue) throws(ByteFailure) {
    let values = tuple(id)
    guard case .string("storage")? = values.first, values.count >= 5 else {
      // Legacy files save a class with its source text as ("module", class, …).
      return push(values.count > 1 ? values[1] : .none)
    }
    guard let key = text(values[2]), case .integer(let count) = values[4], count >= 0 else {
      throw cursor.failure("a storage without a name or a size")
    }
    let name = globalName(values[1])
    var (size, offset) = (count, 0)
    if values.count > 5, case let view = tuple(values[5]), view.count == 3 {
      guard case .integer(let start) = view[1], case .integer(let length) = view[2], start >= 0, length >= 0 else {
        throw cursor.failure("a part of a storage with an impossible place")
      }
      (offset, size) = (start, length)
    }
    push(
      .storage(
        TorchStorage(
          key: key, type: TorchRebuilding.storageType(name), typeName: String(name.prefix(100)), count: size,
          offset: offset)))
  }

  /// `(storage, offset, size, stride, …)`; the third version ends with the type, since its storage has none.
  private mutating func rebuildTensor(_ name: String, _ values: [PickleValue]) throws(ByteFailure) {
    guard values.count >= 4, case .storage(let storage)? = node(values[0]), case .integer(let offset) = values[1],
      let shape = integers(values[2]), let strides = integers(values[3])
    else {
      // A tensor of another kind, for example on a storage that is a placeholder itself.
      return push(.object(PickleObject(name: name)))
    }
    guard shape.count == strides.count, shape.count <= SafetensorsHeader.rankLimit, offset >= 0,
      (shape + strides).allSatisfy({ $0 >= 0 })
    else { throw cursor.failure("a tensor of shape \(shape.prefix(8)) with strides \(strides.prefix(8))") }
    var (type, typeName) = (storage.type, storage.typeName)
    if name.hasSuffix("_v3"), values.count > 6 {
      typeName = globalName(values[6])
      type = TorchRebuilding.elementTypes[typeName]
    }
    push(
      .tensor(
        TorchTensor(
          storage: storage, type: type, typeName: typeName, offset: offset, shape: shape, strides: strides)))
  }

  // MARK: Reading values

  func tuple(_ value: PickleValue) -> [PickleValue] {
    if case .tuple(let elements)? = node(value) { elements } else { [] }
  }

  func sequence(_ value: PickleValue) -> [PickleValue] {
    switch node(value) {
    case .tuple(let elements): elements
    case .list(let list): list.elements
    default: []
    }
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    let elements = sequence(value)
    guard node(value) != nil, elements.count <= SafetensorsHeader.rankLimit else { return nil }
    var result: [Int] = []
    for element in elements {
      guard case .integer(let number) = element else { return nil }
      result.append(number)
    }
    return result
  }

  /// A key as text: numbers too, which old files use.
  func text(_ value: PickleValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    default: nil
    }
  }
}
