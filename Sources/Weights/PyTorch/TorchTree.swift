/// The tensors of a pickle by dotted names, and what stands beside them.
struct TorchTree {
  private(set) var tensors: [String: TorchTensor] = [:]
  /// Short values at the top: `global_step`, `name`, a version.
  private(set) var metadata: [String: String] = [:]
  private(set) var notes: [String] = []

  /// Dictionaries inside each other; real files have four levels.
  static let depthLimit = 32
  /// A parameter's name has some 80 bytes.
  static let nameLimit = 512
  static let namesLimit = 1 << 26

  /// The dictionary that Lightning and others put their weights into, beside the state of the training.
  private static let wrapper = "state_dict"
  /// Dictionaries in which PyTorch's modules keep their tensors, which are no part of a name.
  private static let transparent: Set = ["_parameters", "_buffers", "_modules"]

  private struct Place {
    let value: PickleValue
    let path: String
    let depth: Int
  }

  init(_ machine: PickleMachine, _ root: PickleValue) throws(ByteFailure) {
    var start = root
    if case .dictionary(let dictionary)? = machine.node(root) {
      readTop(dictionary, machine)
      if let wrapped = Self.weights(in: dictionary, machine) { start = wrapped }
    }
    try walk(machine, from: start)
    let unknown = machine.unknownNames.sorted()
    if !unknown.isEmpty {
      notes.append("Classes that are not known here, and were not run: \(unknown.prefix(20).joined(separator: ", ")).")
    }
  }

  private static func weights(in dictionary: PickleDictionary, _ machine: PickleMachine) -> PickleValue? {
    let wrapped = dictionary.pairs.last { machine.text($0.key) == wrapper }?.value
    switch wrapped.flatMap({ machine.node($0) }) {
    case .dictionary, .object: return wrapped
    default: return nil
    }
  }

  private mutating func readTop(_ dictionary: PickleDictionary, _ machine: PickleMachine) {
    let isWrapped = Self.weights(in: dictionary, machine) != nil
    var others: [String] = []
    for (key, value) in dictionary.pairs {
      guard let key = machine.text(key), key.utf8.count <= Self.nameLimit else { continue }
      switch value {
      case .string(let text) where text.utf8.count <= Self.nameLimit: metadata[key] = text
      case .integer(let number): metadata[key] = "\(number)"
      case .number(let number): metadata[key] = "\(number)"
      case .bool(let flag): metadata[key] = "\(flag)"
      case .node where key != Self.wrapper: others.append(key)
      default: break
      }
    }
    if isWrapped, !others.isEmpty {
      notes.append("Beside the state_dict, not looked at: \(others.sorted().prefix(20).joined(separator: ", ")).")
    }
  }

  /// Every container is entered once, whatever cycles and shared parts there are.
  private mutating func walk(_ machine: PickleMachine, from root: PickleValue) throws(ByteFailure) {
    var places = [Place(value: root, path: "", depth: 0)]
    var entered: Set<Int> = []
    var nameBytes = 0
    while let place = places.popLast() {
      guard case .node(let index) = place.value else { continue }
      if case .tensor(let tensor) = machine.nodes[index] {
        let name = place.path.isEmpty ? "tensor" : place.path
        nameBytes += name.utf8.count
        guard nameBytes <= Self.namesLimit else { throw machine.cursor.failure("more names than any checkpoint has") }
        tensors[name] = tensor
        continue
      }
      guard entered.insert(index).inserted, place.depth < Self.depthLimit else { continue }
      func enter(_ value: PickleValue, _ name: String) {
        guard case .node = value else { return }
        let path =
          Self.transparent.contains(name) || name.isEmpty
          ? place.path : place.path.isEmpty ? name : "\(place.path).\(name)"
        if path.utf8.count <= Self.nameLimit { places.append(Place(value: value, path: path, depth: place.depth + 1)) }
      }
      func enter(_ dictionary: PickleDictionary) {
        for (key, value) in dictionary.pairs { if let name = machine.text(key) { enter(value, name) } }
      }
      switch machine.nodes[index] {
      case .tuple(let elements): for (number, element) in elements.enumerated() { enter(element, "\(number)") }
      case .list(let list): for (number, element) in list.elements.enumerated() { enter(element, "\(number)") }
      case .dictionary(let dictionary): enter(dictionary)
      case .object(let object):
        enter(object.items)
        // A pair is a dictionary of attributes and one of slots.
        for state in [object.state] + machine.tuple(object.state) {
          if case .dictionary(let attributes)? = machine.node(state) { enter(attributes) }
        }
      case .global, .storage, .tensor: break
      }
    }
  }
}
