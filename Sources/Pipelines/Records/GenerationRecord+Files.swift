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
    func check(_ file: inout FileReference, _ field: String, mayBeFolder: Bool = false) throws {
      guard !file.isInMemory else { return }
      func refuse(_ reason: String) -> RecordError {
        .untrusted(field: field, path: file.path, sha256: file.sha256, reason: reason)
      }
      let recorded = file.path
      file.path = replacements[recorded] ?? recorded
      guard file.sha256 != nil else { throw refuse("the settings do not say what was in it") }
      var status = stat()
      guard stat(file.path, &status) == 0 else { throw refuse("it is not there") }
      switch status.st_mode & S_IFMT {
      // What a folder holds, its reader compares with the hash.
      case S_IFDIR where mayBeFolder: return
      case S_IFREG:
        guard status.st_size > 0, !Self.isOfKernel(status) else { throw refuse("it is empty, or no file on a disk") }
      default: throw refuse("it is not a plain file")
      }
      // Of a network it is a hash over all its files, which its reader compares.
      guard !["negative_model", "control_net"].contains(field) else { return }
      do { _ = try file.hashed() } catch ModelError.changedFile { throw refuse("\(file.path) has changed") }
    }
    func check(_ file: inout FileReference?, _ field: String, mayBeFolder: Bool = false) throws {
      guard var found = file else { return }
      try check(&found, field, mayBeFolder: mayBeFolder)
      file = found
    }
    func check(_ files: inout [FileReference], _ field: String, mayBeFolder: Bool = false) throws {
      for index in files.indices { try check(&files[index], field, mayBeFolder: mayBeFolder) }
    }
    try request.validate()
    guard (1...Self.threadLimit).contains(compute.threads) else {
      throw RecordError.malformed(path: "the record", reason: "it was computed by \(compute.threads) threads")
    }
    try check(&record.request.schedulerConfiguration, "scheduler_config")
    try check(&record.request.initialLatents, "init_latents")
    try check(&record.request.noise, "noise")
    try check(&record.request.initialImage, "init_img")
    try check(&record.request.initialVideo, "init_video")
    try check(&record.request.mask, "mask")
    try check(&record.request.vae, "vae", mayBeFolder: true)
    try check(&record.request.negativeModel, "negative_model", mayBeFolder: true)
    try check(&record.request.embeddings, "embeddings")
    try check(&record.request.negativeEmbeddings, "negative_embeddings")
    try check(&record.request.loras, "loras")
    try check(&record.request.negativeLoras, "negative_loras")
    try check(&record.request.textEncoders, "text_encoders", mayBeFolder: true)
    for index in record.request.controls.indices {
      try check(&record.request.controls[index].net, "control_net", mayBeFolder: true)
      try check(&record.request.controls[index].image, "control_image")
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

  /// As many as the option takes.
  private static let threadLimit = 1024

  /// Refuses a model that is at the place which the record names and is not the one that was used.
  ///
  /// - Throws: `RecordError.untrusted`, `ModelError`.
  package func require(_ identity: ModelIdentity) throws {
    guard identity.hash != model.hash else { return }
    throw RecordError.untrusted(field: "model", path: model.path, sha256: model.hash, reason: "it is another model")
  }

  /// Whether a file is one of the kernel's, which can wait for ever or have no end, plain as they look.
  private static func isOfKernel(_ file: stat) -> Bool {
    ["/proc", "/sys"].contains { place in
      var status = stat()
      return stat(place, &status) == 0 && status.st_dev == file.st_dev
    }
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
