import Foundation
import NegativeSpaceConfiguration

/// Finds a network's weights among the names that diffusers and transformers give them.
struct WeightFiles {
  let folder: String
  let variant: String?

  /// The two libraries' names of files in one format.
  private struct Naming {
    let stems: [String]
    let ending: String
  }

  /// The preferred one first.
  private static let namings = [
    Naming(stems: ["diffusion_pytorch_model", "model"], ending: "safetensors"),
    Naming(stems: ["diffusion_pytorch_model", "pytorch_model"], ending: "bin"),
  ]

  /// "" is the full copy; as in diffusers, it is preferred in either format where no variant is asked for.
  private var variants: [String] { variant.map { [".\($0)", ""] } ?? ["", ".fp16", ".bf16"] }

  /// Every name that is looked for, the preferred ones first, and whether it is a list of shards.
  private var names: [(name: String, isIndex: Bool)] {
    variants.flatMap { variant in
      Self.namings.flatMap { naming in
        let whole = naming.stems.map { ("\($0)\(variant).\(naming.ending)", false) }
        // The two libraries put the variant at different places.
        let sharded = naming.stems.flatMap {
          variant.isEmpty
            ? [("\($0).\(naming.ending).index.json", true)]
            : [
              ("\($0).\(naming.ending).index\(variant).json", true),
              ("\($0)\(variant).\(naming.ending).index.json", true),
            ]
        }
        return whole + sharded
      }
    }
  }

  func readers() throws -> [any TensorReader] {
    let names = names
    guard let found = names.first(where: { exists($0.name) }) else {
      if let gguf = onlyGGUF() { return [try open(gguf)] }
      throw ModelFolderError.noWeights(folder: folder, lookedFor: names.filter { !$0.isIndex }.map(\.name))
    }
    return try found.isIndex ? shards(of: found.name) : [open(found.name)]
  }

  /// The folder's GGUF file, if there is just one: their names say what is in them, each in its own way.
  private func onlyGGUF() -> String? {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { $0.hasSuffix(".gguf") } ?? []
    return found.count == 1 ? found.first : nil
  }

  private func exists(_ name: String) -> Bool { fileKind("\(folder)/\(name)") == .file }

  private func open(_ name: String) throws -> any TensorReader { try openTensorFile("\(folder)/\(name)") }

  private func shards(of index: String) throws -> [any TensorReader] {
    let file = "\(folder)/\(index)"
    let shardOfTensor = try ConfigFile(path: file).section("weight_map").all(String.self)
    let names = Set(shardOfTensor.values).sorted()
    let endings = Self.namings.map { "." + $0.ending }
    for name in names where !isPlainName(name) || !endings.contains(where: name.hasSuffix) {
      throw ModelFolderError.unsafeName(file: file, name: name)
    }
    let missing = names.filter { !exists($0) }
    guard missing.isEmpty else { throw ModelFolderError.missingShards(file: file, shards: missing) }

    var readers: [String: any TensorReader] = [:]
    for name in names { readers[name] = try open(name) }
    for (tensor, shard) in shardOfTensor.sorted(by: { $0.key < $1.key })
    where readers[shard]?.entries[tensor] == nil {
      throw ModelFolderError.misplacedTensor(file: file, tensor: tensor, shard: shard)
    }
    return names.compactMap { readers[$0] }
  }
}
