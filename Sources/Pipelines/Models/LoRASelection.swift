import Foundation
import NegativeSpaceWeights

/// The LoRAs that a request adds to a model, read and put to its layers.
package struct LoRASelection: Sendable {
  /// The files with their hashes and weights.
  let files: [FileReference]
  private let merge: LoRAMerge

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
    self.files = try files.map { try $0.hashed() }
    for file in files {
      let opened = try LoRAFile(path: file.filePath(for: RequestField(.loras)))
      try merge.add(opened, scale: Float(file.weight ?? 1), to: model.path)
    }
    self.merge = merge
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
