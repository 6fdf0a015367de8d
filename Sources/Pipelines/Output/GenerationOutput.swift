import Foundation
import NegativeSpaceFiles
import NegativeSpaceMedia
import NegativeSpaceWeights

/// The file that a generation goes into: a picture, or a video written frame by frame.
///
/// It appears under its name only with `finish`; until then nothing is there, or what was there before.
/// A reference to an open file: it belongs to one task.
public final class GenerationOutput {
  /// The file's name.
  public let path: String
  private let kind: ModelKind
  private let frameRate: FrameRate
  private var video: VideoWriter?
  private var picture: Frame?
  /// The frames so far, from which a video is written elsewhere if it cannot be written where it should.
  private var kept: [Picture] = []
  private var keptBytes = 0
  /// Why the file could not be written.
  private var failure: MediaError?
  /// More than this is not kept: minutes of video.
  private static let keptLimit = 1 << 29

  /// Checks that the file can be written, as far as that can be known before there are frames.
  ///
  /// - Parameter fps: as in `GenerationRequest`.
  /// - Throws: `MediaError`, `RequestError`.
  public init(path: String, kind: ModelKind, fps: String?) throws {
    (self.path, self.kind) = (path, kind)
    frameRate = try FrameRate(fps ?? "8")
    try Self.check(path, kind)
  }

  /// Refuses a name that says another format, and a folder that is missing or closed.
  ///
  /// - Throws: `MediaError.cannotWrite`, `.unknownExtension`, `RequestError`.
  public static func check(_ path: String, _ kind: ModelKind) throws {
    guard !path.isEmpty else { throw MediaError.cannotWrite(path: "\"\"", reason: "the name is empty") }
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if path.hasSuffix("/") || (isThere && isFolder.boolValue) {
      throw MediaError.cannotWrite(path: path, reason: "it is a folder; name a file in it")
    }
    switch kind {
    case .image: _ = try PictureFormat(forWriting: path)
    case .video:
      _ = try VideoFormat(forWriting: path)
    }
    try checkWritable(path)
  }

  /// Refuses a file that could not be created; its folder may be missing where that folder's own is there.
  ///
  /// - Throws: `MediaError.cannotWrite`.
  public static func checkWritable(_ path: String) throws {
    func cannot(_ reason: String) -> MediaError { .cannotWrite(path: path, reason: reason) }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw cannot("it is a folder")
    }
    // The name alone may be too long; that there is no such file yet is what one hopes for.
    var status = stat()
    if lstat(path, &status) != 0, errno == ENAMETOOLONG { throw cannot(systemMessage(errno)) }
    var folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
      // The folder itself is made when there is something to write.
      let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
      guard FileManager.default.fileExists(atPath: parent, isDirectory: &isFolder) else {
        throw cannot("there is no folder \(folder); make it first: mkdir -p '\(folder)'")
      }
      folder = parent
    }
    guard isFolder.boolValue else { throw cannot("\(folder) is not a folder") }
    // Trying is the only answer that also knows of read-only disks.
    let trial = Temporaries.name(beside: "\(folder)/")
    Temporaries.add(trial)
    defer { Temporaries.remove(trial) }
    let descriptor = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw cannot(systemMessage(errno)) }
    close(descriptor)
    unlink(trial)
  }

  /// Adds a frame.
  ///
  /// - Throws: `MediaError`; nothing is left behind then.
  public func write(_ frame: Frame) throws {
    guard kind == .video else {
      picture = frame
      return
    }
    keptBytes += frame.picture.pixels.count
    if keptBytes <= Self.keptLimit { kept.append(frame.picture) } else { kept = [] }
    guard failure == nil else { return }
    do {
      let writer = try video ?? VideoWriter(path: path, width: frame.width, height: frame.height, frameRate: frameRate)
      video = writer
      try writer.write(frame.picture)
    } catch let error as MediaError {
      guard case .cannotWrite = error, !kept.isEmpty else { throw error }
      // The work is not lost with the disk's last block: what is still to come is kept, too.
      failure = error
      video?.cancel()
      video = nil
    }
  }

  /// Adds the settings, unless they are nil, and gives the file its name.
  ///
  /// Where that fails, the finished frames are written into the folder for temporary files.
  ///
  /// - Throws: `MediaError`, which says where they are then; nothing is left behind under the file's name.
  public func finish(_ record: GenerationRecord?) throws {
    let metadata = try record?.metadata() ?? ContainerMetadata()
    do {
      if let failure { throw failure }
      try write(metadata, to: path, video)
    } catch let error as MediaError {
      guard case .cannotWrite(_, let reason) = error else { throw error }
      let name = "negspace-\(getpid())-\(URL(fileURLWithPath: path).lastPathComponent.suffix(100))"
      let other = FileManager.default.temporaryDirectory.appending(path: name).path
      do { try write(metadata, to: other, nil) } catch { throw MediaError.cannotWrite(path: path, reason: reason) }
      throw MediaError.cannotWrite(path: path, reason: "\(reason); what was made is kept as \(other)")
    }
  }

  /// Writes what there is, a video by the writer that has it, or anew.
  private func write(_ metadata: ContainerMetadata, to path: String, _ writer: VideoWriter?) throws {
    if let picture { return try picture.picture.write(to: path, metadata: metadata) }
    if let writer { return try writer.finish(metadata: metadata) }
    guard let first = kept.first else { throw MediaError.noFrames(path: path) }
    let anew = try VideoWriter(path: path, width: first.width, height: first.height, frameRate: frameRate)
    do {
      for frame in kept { try anew.write(frame) }
      try anew.finish(metadata: metadata)
    } catch {
      anew.cancel()
      throw error
    }
  }

  /// Gives up: nothing is left behind.
  public func cancel() {
    video?.cancel()
    video = nil
  }
}

extension Frame {
  /// Writes the frame as a picture file of its own, PNG, JPEG or WebP by the name's ending.
  ///
  /// - Throws: `MediaError`.
  public func write(to path: String) throws { try picture.write(to: path) }
}
