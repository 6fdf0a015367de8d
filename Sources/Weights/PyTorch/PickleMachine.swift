/// Python's pickle machine without Python: it builds numbers, texts, containers and tensors, and calls nothing.
///
/// Format: protocols 0 to 5 as documented in CPython's `Lib/pickletools.py`. A name of a class or function stays a
/// name; what a call of it would make is decided by `TorchRebuilding`, which knows PyTorch's own few functions and
/// leaves a placeholder for all else.
struct PickleMachine {
  /// Bounds on the work; a checkpoint of a thousand tensors takes some 50,000 operations.
  static let operationLimit = 1 << 22
  static let stackLimit = 1 << 20

  var cursor: ByteCursor
  /// Everything that holds other values.
  private(set) var nodes: [PickleNode] = []
  /// Names of classes and functions that are not known here, in no order.
  private(set) var unknownNames: Set<String> = []
  private var stack: [PickleValue] = []
  /// Heights of the stack at which groups begin.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  /// Elements of lists that calls have copied; without a bound a few bytes could copy a long list again and again.
  private var copyCount = 0

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) { cursor = ByteCursor(bytes, range) }

  /// Runs to the pickle's end and gives what it built; the cursor then stands behind it.
  mutating func run() throws(ByteFailure) -> PickleValue {
    (stack, marks, memo) = ([], [], [:])
    for _ in 0..<Self.operationLimit {
      let code = try cursor.byte()
      if code == UInt8(ascii: ".") { return try pop() }
      try perform(code)
      guard stack.count <= Self.stackLimit else { throw cursor.failure("more values than any checkpoint has") }
    }
    throw cursor.failure("more operations than any checkpoint has")
  }

  func node(_ value: PickleValue) -> PickleNode? { if case .node(let index) = value { nodes[index] } else { nil } }

  // MARK: The stack

  mutating func push(_ value: PickleValue) { stack.append(value) }

  mutating func push(_ node: PickleNode) {
    nodes.append(node)
    push(.node(nodes.count - 1))
  }

  mutating func pop() throws(ByteFailure) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw cursor.failure("the stack is empty") }
    return value
  }

  func top() throws(ByteFailure) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else { throw cursor.failure("the stack is empty") }
    return value
  }

  mutating func mark() throws(ByteFailure) {
    guard marks.count < Self.stackLimit else { throw cursor.failure("more groups than any checkpoint has") }
    marks.append(stack.count)
  }

  /// Everything since the last mark, and the mark.
  mutating func popGroup() throws(ByteFailure) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw cursor.failure("a group ends that did not begin") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  // MARK: The memo

  mutating func remember(_ index: Int) throws(ByteFailure) { memo[index] = try top() }

  mutating func rememberNext() throws(ByteFailure) { memo[memo.count] = try top() }

  mutating func recall(_ index: Int) throws(ByteFailure) {
    guard let value = memo[index] else { throw cursor.failure("value \(index) is used before it is there") }
    push(value)
  }

  /// The elements of a list or tuple for a list of its own.
  mutating func copied(_ value: PickleValue?) throws(ByteFailure) -> [PickleValue] {
    let elements = value.map(sequence) ?? []
    copyCount += elements.count
    guard copyCount <= Self.operationLimit else { throw cursor.failure("more copies than any checkpoint makes") }
    return elements
  }

  // MARK: Names

  mutating func pushGlobal(module: String, name: String) {
    let full = "\(module).\(name)"
    if !TorchRebuilding.knows(full) { unknownNames.insert(String(full.prefix(200))) }
    push(.global(full))
  }

  func globalName(_ value: PickleValue) -> String {
    switch node(value) {
    case .global(let name): name
    case .object(let object): object.name
    default: "something that is no class"
    }
  }
}
