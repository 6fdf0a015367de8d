extension PickleMachine {
  /// One operation by its code.
  mutating func perform(_ code: UInt8) throws(ByteFailure) {
    switch code {
    // MARK: Framing
    case 0x80:
      let version = try cursor.byte()
      guard version <= 5 else { throw cursor.failure("pickle protocol \(version), newer than 5") }
    case 0x95: _ = try cursor.number(UInt64.self)

    // MARK: The stack and the memo
    case "(": try mark()
    case "0":
      // Python's POP takes back a mark where no value follows it.
      if (try? top()) == nil { _ = try popGroup() } else { _ = try pop() }
    case "1": _ = try popGroup()
    case "2": push(try top())
    case "p": try remember(try lineNumber())
    case "q": try remember(Int(try cursor.byte()))
    case "r": try remember(try cursor.count(UInt32.self))
    case 0x94: try rememberNext()
    case "g": try recall(try lineNumber())
    case "h": try recall(Int(try cursor.byte()))
    case "j": try recall(try cursor.count(UInt32.self))

    // MARK: Names and calls
    case "c": pushGlobal(module: try cursor.line(), name: try cursor.line())
    case 0x93:
      let name = try pop()
      guard case .string(let name) = name, case .string(let module) = try pop() else {
        throw cursor.failure("a name is no text")
      }
      pushGlobal(module: module, name: name)
    case "R":
      let arguments = try pop()
      try call(try pop(), arguments)
    case 0x81:
      let arguments = try pop()
      try call(try pop(), arguments)
    case 0x92:
      _ = try pop()
      let arguments = try pop()
      try call(try pop(), arguments)
    case "i":
      let name = "\(try cursor.line()).\(try cursor.line())"
      _ = try popGroup()
      push(.object(PickleObject(name: name)))
    case "o":
      let group = try popGroup()
      push(.object(PickleObject(name: globalName(group.first ?? .none))))
    case "b":
      let state = try pop()
      // An OrderedDict has a state too (its _metadata), which says nothing about its entries.
      if case .object(let object)? = node(try top()) { object.state = state }
    case "P": try resolve(.string(try cursor.line()))
    case "Q": try resolve(try pop())

    default:
      if try !performContainer(code), try !performLiteral(code) {
        throw cursor.failure("operation 0x\(String(code, radix: 16)) is not one of torch.save's")
      }
    }
  }

  /// Operations that make or fill lists, tuples, sets and dictionaries; false for others.
  private mutating func performContainer(_ code: UInt8) throws(ByteFailure) -> Bool {
    switch code {
    case ")": push(.tuple([]))
    case "t": push(.tuple(try popGroup()))
    case 0x85, 0x86, 0x87:
      var elements: [PickleValue] = []
      for _ in 0..<Int(code - 0x84) { elements.append(try pop()) }
      push(.tuple(elements.reversed()))
    case "]", 0x8F: push(.list(PickleList()))
    case "l", 0x91: push(.list(PickleList(try popGroup())))
    case "a":
      let element = try pop()
      elements(of: try top())?.elements.append(element)
    case "e", 0x90:
      let group = try popGroup()
      elements(of: try top())?.elements += group
    case "}": push(.dictionary(PickleDictionary()))
    case "d":
      let dictionary = PickleDictionary()
      try fill(dictionary, try popGroup())
      push(.dictionary(dictionary))
    case "s":
      let value = try pop()
      let key = try pop()
      items(of: try top())?.pairs.append((key, value))
    case "u":
      let group = try popGroup()
      if let dictionary = items(of: try top()) { try fill(dictionary, group) }
    default: return false
    }
    return true
  }

  func fill(_ dictionary: PickleDictionary, _ group: [PickleValue]) throws(ByteFailure) {
    guard group.count.isMultiple(of: 2) else { throw cursor.failure("a key without a value") }
    for index in stride(from: 0, to: group.count, by: 2) {
      dictionary.pairs.append((group[index], group[index + 1]))
    }
  }

  private func elements(of value: PickleValue) -> PickleList? {
    switch node(value) {
    case .list(let list): list
    case .object(let object): object.list
    default: nil
    }
  }

  private func items(of value: PickleValue) -> PickleDictionary? {
    switch node(value) {
    case .dictionary(let dictionary): dictionary
    case .object(let object): object.items
    default: nil
    }
  }

  mutating func lineNumber() throws(ByteFailure) -> Int {
    let line = try cursor.line()
    guard let number = Int(line), number >= 0 else { throw cursor.failure("\"\(line.prefix(40))\" is no number") }
    return number
  }
}

/// Most operations' codes are printable.
func ~= (pattern: Unicode.Scalar, code: UInt8) -> Bool { code == UInt8(ascii: pattern) }
