import Foundation
import NegativeSpaceWeights

/// The LoRAs that a request adds to a model, read and put to its layers.
package struct LoRASelection: Sendable {
  /// The files with their hashes and weights.
  let files: [FileReference]
  private let merge: LoRAMerge
  /// The networks that the files of the avoided branch alone change.
  private(set) var added: Set<LoRANetwork> = []

  /// No LoRA.
  static let none = LoRASelection(files: [], merge: LoRAMerge([:]))

  private init(files: [FileReference], merge: LoRAMerge) { (self.files, self.merge) = (files, merge) }

  /// - Throws: `LoRAError`, `TensorFileError`, `RequestError`, `ModelError` for a file that is not what it was.
  init(_ files: [FileReference], for model: ModelFiles) throws {
    guard !files.isEmpty else {
      self = .none
      return
    }
    var merge = LoRAMerge([
      .denoiser: try model.source.component("unet").readers(),
      .textEncoder: try model.source.component("text_encoder").readers(),
      .motion: try model.motion?.part.readers() ?? [],
    ])
    var hashed: [FileReference] = []
    for file in files {
      let opened = try LoRAFile(path: file.filePath(for: RequestField(.loras)))
      hashed.append(try opened.hashed(file))
      try merge.add(opened, scale: Float(file.weight ?? 1), to: model.path)
    }
    (self.files, self.merge) = (hashed, merge)
  }

  /// Whether these are the files that are asked for.
  ///
  /// - Throws: `RequestError`, `ModelError.changedFile` where one was another when the request was made.
  func isFor(_ asked: [FileReference]) throws -> Bool {
    let paths = try asked.map { try $0.filePath(for: RequestField(.loras)) }
    guard paths == files.map(\.path), asked.map(\.weight) == files.map(\.weight) else { return false }
    for (asked, own) in zip(asked, files) { try own.requireContent(of: asked) }
    return true
  }

  /// These with some more, for the branch that is avoided.
  ///
  /// - Throws: as `init`.
  func adding(_ files: [FileReference], for model: ModelFiles) throws -> LoRASelection {
    let alone = try LoRASelection(files, for: model)
    var all = try LoRASelection(self.files + alone.files, for: model)
    all.added = Set(LoRANetwork.allCases.filter(alone.merge.changes))
    return all
  }

  /// The files, if they change any of the networks: part of what determines these.
  func files(changing networks: LoRANetwork...) -> [FileReference] {
    networks.contains(where: merge.changes) ? files : []
  }

  /// A network's files, with what is added.
  func merged(_ readers: [any TensorReader], of network: LoRANetwork) -> [any TensorReader] {
    merge.merged(readers, of: network)
  }

  /// The names of files that make another text encoder of the model's.
  var textEncoderNames: [String] {
    files(changing: .textEncoder).map { file in
      URL(fileURLWithPath: file.path).lastPathComponent + (file.weight.map { String(format: ":%g", $0) } ?? "")
    }
  }
}

extension LoRAFile {
  /// The file's SHA-256; with PEFT's configuration one over both, since that decides too how much is added.
  func sha256() throws -> String {
    let hashes = try files.map { try SHA256.hexadecimal(ofFile: $0) }
    guard hashes.count > 1 else { return hashes.joined() }
    var hash = SHA256()
    for own in hashes { hash.update(own.utf8) }
    return hash.hexadecimal
  }

  /// The reference to it with its hash, which must be the one it had before, if it had one.
  ///
  /// - Throws: `ModelError`.
  fileprivate func hashed(_ reference: FileReference) throws -> FileReference {
    var result = reference
    result.sha256 = try sha256()
    try result.requireContent(of: reference)
    return result
  }
}
