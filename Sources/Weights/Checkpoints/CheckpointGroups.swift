/// A single file's tensors by the part that they belong to, told by the beginnings of their names.
struct CheckpointGroups {
  /// Shapes by names without the common beginning.
  private(set) var unet: [String: [Int]] = [:]
  private(set) var autoencoder: [String: [Int]] = [:]
  /// Shapes by whole names.
  private(set) var clip: [String: [Int]] = [:]
  private(set) var openCLIP: [String: [Int]] = [:]
  private(set) var averages: Set<String> = []
  private(set) var unknown: [String] = []
  /// Number of tensors that no network needs, by their description.
  private var harmless: [String: Int] = [:]

  init(_ entries: [String: TensorEntry]) {
    for (key, entry) in entries {
      if key.hasPrefix(LDMTables.averages) { averages.insert(key) }
      if let what = LDMTables.harmless(key) {
        harmless[what, default: 0] += 1
      } else if key.hasPrefix(LDMTables.unet) {
        unet[String(key.dropFirst(LDMTables.unet.count))] = entry.shape
      } else if key.hasPrefix(LDMTables.autoencoder) {
        autoencoder[String(key.dropFirst(LDMTables.autoencoder.count))] = entry.shape
      } else if key.hasPrefix(LDMTables.clip) {
        clip[key] = entry.shape
      } else if key.hasPrefix(LDMTables.openCLIP) {
        openCLIP[key] = entry.shape
      } else {
        unknown.append(key)
      }
    }
  }

  /// The average of the denoiser's tensor `key`: its name without the first part and without dots.
  func average(of key: String) -> String? {
    let name = LDMTables.averages + key.split(separator: ".").dropFirst().joined()
    return averages.contains(name) ? name : nil
  }

  /// A sentence about the tensors that are not used; none if all are.
  func leftOut(_ lastLayer: Int, usesAverages: Bool) -> [String] {
    var counts = harmless
    if lastLayer > 0 { counts["the text encoder's last layer, which Stable Diffusion 2 leaves out"] = lastLayer }
    if usesAverages {
      counts[LDMTables.averagesWords] = nil
      counts["the denoiser's weights of the last step, in whose place the averages are used"] = unet.count
    }
    guard !counts.isEmpty else { return [] }
    let items = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let total = counts.values.reduce(0, +)
    return ["Left out \(total) tensors: \(items.map { "\($0.key) (\($0.value))" }.joined(separator: "; "))."]
  }
}

extension LDMTables {
  /// Description of the tensor `key` if no network needs it, else nil.
  static func harmless(_ key: String) -> String? {
    harmless.first { $0.name.hasSuffix(".") ? key.hasPrefix($0.name) : key == $0.name }?.what
  }

  /// Description of a file of other tensors.
  static func description(of keys: some Collection<String>) -> String {
    others.first { other in keys.contains { $0.contains(other.part) } }?.what
      ?? "\(keys.count) tensors (\(keys.sorted().prefix(3).joined(separator: ", "))\(keys.count > 3 ? ", …" : ""))"
  }
}
