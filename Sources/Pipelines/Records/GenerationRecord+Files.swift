import Foundation
import NegativeSpaceWeights

extension GenerationRecord {
  /// Takes the record for what a stranger may have written: numbers within the limits that options have, and no file
  /// but what was used.
  ///
  /// - Parameter replacements: where files are now, by the paths that the record has.
  /// - Returns: the record with those paths in their places.
  /// - Throws: `RequestError`, `RecordError.untrusted`, `ModelError`.
  public func checked(replacements: [String: String] = [:]) throws -> GenerationRecord {
    var record = self
    let named = namedFiles
    if let unknown = replacements.keys.sorted().first(where: { !named.contains($0) }) {
      throw RecordError.unnamed(path: unknown, named: named.sorted())
    }
    try request.validate()
    guard (1...Self.threadLimit).contains(compute.threads) else {
      throw RecordError.malformed(path: "the record", reason: "it was computed by \(compute.threads) threads")
    }
    try record.visitFiles { file, field, mayBeFolder in
      guard !file.isInMemory else { return }
      let recorded = file.path
      file.path = replacements[recorded] ?? recorded
      try file.requireProven(as: field, recorded: recorded, mayBeFolder: mayBeFolder)
    }
    if var options = model.options {
      // Tokenizer and adapter are part of the model's hash; configurations of its parts are not.
      if let config = options.config, replacements[config] == nil {
        throw RecordError.untrusted(
          field: "config", path: config, sha256: nil, reason: "the settings do not say what was in it")
      }
      func place(_ path: String?) throws -> String? {
        guard let path = path.map({ replacements[$0] ?? $0 }) else { return nil }
        try Self.requirePlain(path)
        return path
      }
      options.config = try place(options.config)
      options.tokenizer = try place(options.tokenizer)
      options.motionAdapter = try place(options.motionAdapter)
      record.model.options = options
    }
    return record
  }

  /// Paths of all files that the settings name, but for the model itself.
  public var namedFiles: Set<String> {
    var record = self
    var paths = Set([model.options?.config, model.options?.tokenizer, model.options?.motionAdapter].compactMap(\.self))
    record.visitFiles { file, _, _ in if !file.isInMemory { paths.insert(file.path) } }
    return paths
  }

  /// Calls `body` with every file of the request, the field that names it, and whether it may be a folder.
  private mutating func visitFiles(_ body: (inout FileReference, String, Bool) throws -> Void) rethrows {
    let single: [(WritableKeyPath<GenerationRequest, FileReference?>, String, Bool)] = [
      (\.schedulerConfiguration, "scheduler_config", false), (\.initialLatents, "init_latents", false),
      (\.noise, "noise", false), (\.initialImage, "init_img", false), (\.initialVideo, "init_video", false),
      (\.mask, "mask", false), (\.vae, "vae", true), (\.negativeModel, "negative_model", true),
    ]
    for (path, field, mayBeFolder) in single {
      guard var file = request[keyPath: path] else { continue }
      try body(&file, field, mayBeFolder)
      request[keyPath: path] = file
    }
    let several: [(WritableKeyPath<GenerationRequest, [FileReference]>, String, Bool)] = [
      (\.embeddings, "embeddings", false), (\.negativeEmbeddings, "negative_embeddings", false),
      (\.loras, "loras", false), (\.negativeLoras, "negative_loras", false), (\.textEncoders, "text_encoders", true),
    ]
    for (path, field, mayBeFolder) in several {
      for index in request[keyPath: path].indices { try body(&request[keyPath: path][index], field, mayBeFolder) }
    }
    for index in request.controls.indices {
      try body(&request.controls[index].net, "control_net", true)
      try body(&request.controls[index].image, "control_image", false)
    }
  }

  /// As many as the option takes.
  private static let threadLimit = 1024

  /// Refuses a model that is at the place which the record names and is not the one that was used.
  ///
  /// - Throws: `RecordError.untrusted`, `ModelError`.
  package func require(_ identity: ModelIdentity) throws {
    guard identity.hash != model.hash else { return }
    throw RecordError.untrusted(field: "model", path: model.path, sha256: model.hash, reason: "it is another model")
  }

  /// Refuses devices and pipes.
  ///
  /// - Throws: `ModelError.unreadable`.
  package static func requirePlain(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw ModelError.unreadable(path: path, reason: systemMessage(errno)) }
    guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT), !isOfKernel(status) else {
      throw ModelError.unreadable(path: path, reason: "it is neither a plain file nor a folder")
    }
  }
}

extension FileReference {
  /// Refuses a file that is not there, no plain one, or not proven by its hash to be what was used.
  ///
  /// - Throws: `RecordError.untrusted`, `ModelError`.
  fileprivate func requireProven(as field: String, recorded: String, mayBeFolder: Bool) throws {
    func refuse(_ reason: String) -> RecordError {
      let now = path == recorded ? reason : "\(path) is not that file: \(reason)"
      return .untrusted(field: field, path: recorded, sha256: sha256, reason: now)
    }
    guard sha256 != nil else { throw refuse("the settings do not say what was in it") }
    var status = stat()
    guard stat(path, &status) == 0 else { throw refuse("it is not there") }
    switch status.st_mode & S_IFMT {
    // What a folder holds, its reader compares with the hash.
    case S_IFDIR where mayBeFolder: return
    case S_IFREG:
      guard status.st_size > 0, !isOfKernel(status) else { throw refuse("it is empty, or no file on a disk") }
    default: throw refuse("it is not a plain file")
    }
    // Of a network it is a hash over all its files, which its reader compares.
    guard !["negative_model", "control_net"].contains(field) else { return }
    do { _ = try hashed() } catch ModelError.changedFile { throw refuse("it has changed") }
  }
}

/// Whether a file is one of the kernel's, which can wait for ever or have no end, plain as they look.
private func isOfKernel(_ file: stat) -> Bool {
  ["/proc", "/sys"].contains { place in
    var status = stat()
    return stat(place, &status) == 0 && status.st_dev == file.st_dev
  }
}
