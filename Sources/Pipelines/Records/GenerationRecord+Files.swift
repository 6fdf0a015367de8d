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
      case S_IFREG: break
      default: throw refuse("it is not a plain file")
      }
      guard !mayBeFolder else { return }
      do { _ = try file.hashed() } catch ModelError.changedFile { throw refuse("\(file.path) has changed") }
    }
    func check(_ file: inout FileReference?, _ field: String, mayBeFolder: Bool = false) throws {
      guard var found = file else { return }
      try check(&found, field, mayBeFolder: mayBeFolder)
      file = found
    }
    func check(_ files: inout [FileReference], _ field: String) throws {
      for index in files.indices { try check(&files[index], field) }
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
    for index in record.request.controls.indices {
      try check(&record.request.controls[index].net, "control_net", mayBeFolder: true)
      try check(&record.request.controls[index].image, "control_image")
    }
    if let options = model.options {
      for path in [options.config, options.tokenizer, options.motionAdapter].compactMap({ $0 }) {
        try Self.requirePlain(path)
      }
    }
    return record
  }

  /// As many as the option takes.
  private static let threadLimit = 1024

  /// Refuses devices and pipes.
  ///
  /// - Throws: `ModelError.unreadable`.
  package static func requirePlain(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw ModelError.unreadable(path: path, reason: systemMessage(errno)) }
    guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
      throw ModelError.unreadable(path: path, reason: "it is neither a plain file nor a folder")
    }
  }
}
