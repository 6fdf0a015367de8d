/// Why a model folder cannot be used.
package enum ModelFolderError: Error, Hashable {
  case notAFolder(path: String)
  /// No model_index.json: another kind of folder.
  case noIndex(folder: String)
  case malformedIndex(file: String, key: String, reason: String)
  case missingComponent(folder: String, name: String, available: [String])
  /// A name from a file that would lead out of the folder.
  case unsafeName(file: String, name: String)
  case noWeights(folder: String, lookedFor: [String])
  /// Shards that the index names and that are not there.
  case missingShards(file: String, shards: [String])
  /// A tensor that is in another file than the index says, or in none.
  case misplacedTensor(file: String, tensor: String, shard: String)
}

extension ModelFolderError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAFolder(let path): "There is no folder \(path)."
    case .noIndex(let folder): "\(folder) has no model_index.json: it is not a diffusers model folder."
    case .malformedIndex(let file, let key, let reason): "\(file): \"\(key)\" \(reason)."
    case .missingComponent(let folder, let name, let available):
      "The model \(folder) has no part \"\(name)\"; it has \(available.joined(separator: ", "))."
    case .unsafeName(let file, let name):
      "\(file) names \"\(name.prefix(100))\", which is not a plain name inside its folder. Do not trust this model."
    case .noWeights(let folder, let lookedFor):
      "\(folder) holds no weights; looked for \(lookedFor.joined(separator: ", "))."
    case .missingShards(let file, let shards):
      "\(file) needs files that are not there: \(shards.joined(separator: ", ")). Download them too."
    case .misplacedTensor(let file, let tensor, let shard): "\(file) says that \(tensor) is in \(shard); it is not."
    }
  }
}
