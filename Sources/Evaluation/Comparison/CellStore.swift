import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines

/// Record of a finished cell: `KEY.json` beside `KEY.png`, the frames without loss, and for clips `KEY.mp4`.
struct CellRecord: Codable, Sendable {
  /// SHA-256 over the frames' bytes.
  var pixels: String
  var width: Int
  var height: Int
  var frames: Int
  /// SHA-256 of the clip's file; nil of a picture, and in older records.
  var clip: String?
  /// SHA-256 of the file of negatives that a search found; nil where there was none, and in older records.
  var negatives: String?
  /// The numbers of each source of scores, by its identity.
  var scores: [String: [String: Double]] = [:]
  /// SHA-256 over the scores: a damaged number looks like any other.
  private var scoresHash: String?

  /// A cell without scores.
  init(pixels: String, width: Int, height: Int, frames: Int) {
    (self.pixels, self.width, self.height, self.frames) = (pixels, width, height, frames)
  }

  private enum CodingKeys: String, CodingKey {
    case pixels = "pixels_sha256"
    case clip = "clip_sha256"
    case negatives = "negatives_sha256"
    case scoresHash = "scores_sha256"
    case width, height, frames, scores
  }

  /// The record as it is written.
  var sealed: CellRecord {
    var record = self
    record.scoresHash = hashOfScores
    return record
  }

  /// The record as it was read, without scores that are not those that were written.
  var checked: CellRecord {
    var record = self
    if scoresHash != hashOfScores { record.scores = [:] }
    return record
  }

  private var hashOfScores: String {
    let lines = scores.sorted { $0.key < $1.key }.flatMap { source, values in
      ["\(source)"] + values.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)" }
    }
    return SHA256.hexadecimal(of: lines.joined(separator: "\n").utf8)
  }
}

/// The folder of finished cells, by their keys.
package struct CellStore: Sendable {
  package let folder: String

  /// - Throws: `ModelError.unwritable`.
  init(folder: String) throws {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ModelError.unwritable(path: folder, reason: systemReason(error))
    }
  }

  /// Path of a file of a cell.
  package func path(_ key: String, _ ending: String) -> String { "\(folder)/\(key).\(ending)" }

  /// The record of a cell whose files are all there; nil if it has to be made.
  func record(_ key: String, isClip: Bool) -> CellRecord? {
    let files = FileManager.default
    guard let data = files.contents(atPath: path(key, "json")), files.fileExists(atPath: path(key, "png")),
      !isClip || files.fileExists(atPath: path(key, "mp4"))
    else { return nil }
    return (try? JSONDecoder().decode(CellRecord.self, from: data))?.checked
  }

  /// The frames of a cell as they were generated.
  ///
  /// - Throws: `MediaError`, `EvaluationError.damagedCell`.
  func frames(_ key: String, _ record: CellRecord) throws -> [Picture] {
    let file = path(key, "png")
    let sheet = try Picture(contentsOf: file)
    guard let frames = FrameSheet.frames(sheet, count: record.frames, width: record.width, height: record.height),
      Self.hash(frames) == record.pixels
    else { throw EvaluationError.damagedCell(path: file) }
    if let clip = record.clip, try SHA256.hexadecimal(ofFile: path(key, "mp4")) != clip {
      throw EvaluationError.damagedCell(path: path(key, "mp4"))
    }
    if let negatives = record.negatives, try SHA256.hexadecimal(ofFile: self.negatives(key)) != negatives {
      throw EvaluationError.damagedCell(path: self.negatives(key))
    }
    return frames
  }

  /// The file of the negatives that a search found for a cell.
  func negatives(_ key: String) -> String { path(key, "negatives.safetensors") }

  /// Writes a new cell; its record comes last, so that what was interrupted does not count.
  ///
  /// - Throws: `MediaError`, `ModelError.unwritable`.
  func write(_ frames: [Picture], _ made: GenerationRecord, scale: Int, record: CellRecord, key: String) throws {
    try FrameSheet.joined(frames).write(to: path(key, "png"), metadata: try made.metadata())
    var record = record
    if made.model.kind == .video {
      try writeClip(frames.map { $0.scaled(by: scale) }, made, scale: scale, key: key)
      record.clip = try SHA256.hexadecimal(ofFile: path(key, "mp4"))
    }
    if FileManager.default.fileExists(atPath: negatives(key)) {
      record.negatives = try SHA256.hexadecimal(ofFile: negatives(key))
    }
    try write(record, key: key)
  }

  /// - Throws: `ModelError.unwritable`.
  func write(_ record: CellRecord, key: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try ResultFile.write(encoder.encode(record.sealed), to: path(key, "json"))
  }

  /// The clip as `negspace video` would have written it.
  private func writeClip(_ frames: [Picture], _ made: GenerationRecord, scale: Int, key: String) throws {
    var made = made
    made.request.scale = scale
    (made.output.width, made.output.height) = (frames[0].width, frames[0].height)
    made.output.pixelsSHA256 = Self.hash(frames)
    let file = try GenerationOutput(path: path(key, "mp4"), kind: .video, fps: made.request.fps)
    for (index, frame) in frames.enumerated() { try file.write(Frame(frame, index: index)) }
    try file.finish(made)
  }

  private static func hash(_ frames: [Picture]) -> String {
    var hash = SHA256()
    for frame in frames { hash.update(frame.pixels) }
    return hash.hexadecimal
  }
}
