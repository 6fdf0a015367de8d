/// Finds a network's weights among the names that diffusers and transformers give them.
struct WeightFiles {
  let folder: String
  let variant: String?

  private static let stems = ["diffusion_pytorch_model", "model"]
  /// Names of pickled weights, which another reader will open.
  private static let pickles = ["diffusion_pytorch_model", "pytorch_model"]

  /// "" is the full copy.
  private var variants: [String] { variant.map { [".\($0)", ""] } ?? ["", ".fp16"] }

  private var singleFiles: [String] {
    variants.flatMap { variant in Self.stems.map { "\($0)\(variant).safetensors" } }
  }

  /// The two libraries put the variant at different places.
  private var indexFiles: [String] {
    variants.flatMap { variant in
      Self.stems.flatMap {
        variant.isEmpty
          ? ["\($0).safetensors.index.json"]
          : ["\($0).safetensors.index\(variant).json", "\($0)\(variant).safetensors.index.json"]
      }
    }
  }

  func readers() throws -> [any TensorReader] {
    if let name = singleFiles.first(where: exists) { return [try open(name)] }
    if let name = indexFiles.first(where: exists) { return try shards(of: name) }
    let pickled = variants.flatMap { variant in Self.pickles.map { "\($0)\(variant).bin" } }
    if let name = pickled.first(where: exists) { return [try open(name)] }
    throw ModelFolderError.noWeights(folder: folder, lookedFor: singleFiles + indexFiles)
  }

  private func exists(_ name: String) -> Bool { fileKind("\(folder)/\(name)") == .file }

  private func open(_ name: String) throws -> any TensorReader { try openTensorFile("\(folder)/\(name)") }

  private func shards(of index: String) throws -> [any TensorReader] {
    let file = "\(folder)/\(index)"
    let section = try ConfigFile(path: file).section("weight_map")
    var shardOfTensor: [String: String] = [:]
    for tensor in section.fields.keys { shardOfTensor[tensor] = try section.string(tensor) }
    let names = Set(shardOfTensor.values).sorted()
    for name in names where !isPlainName(name) || !name.hasSuffix(".safetensors") {
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

/// Opens a file of tensors by what its name says it is; the place where another format's reader is added.
///
/// - Throws: `TensorFileError`.
package func openTensorFile(_ path: String) throws -> any TensorReader {
  let pickles = [".bin", ".ckpt", ".pt", ".pth"]
  if pickles.contains(where: { path.lowercased().hasSuffix($0) }) {
    throw TensorFileError.unsupportedFormat(
      file: path, format: "a PyTorch pickle",
      hint: "Save it as safetensors: in Python, safetensors.torch.save_file(torch.load(path), new_path).")
  }
  return try SafetensorsFile(path: path)
}
