import Foundation
import NegativeSpaceFiles
import NegativeSpaceTestSupport
import Testing

@Suite struct OutputFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.path(name), encoding: .utf8)
  }

  @Test func `A link stays one, and the file that it leads to is replaced`() throws {
    try OutputFile.write("old", to: folder.path("real"))
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "real")
    try FileManager.default.createSymbolicLink(atPath: folder.path("dangling"), withDestinationPath: "new")
    try OutputFile.write("one", to: folder.path("link"))
    try OutputFile.write("two", to: folder.path("dangling"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "real")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("dangling")) == "new")
    #expect(try text("real") == "one")
    #expect(try text("new") == "two")
  }

  @Test func `A circle of links is refused`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.path("a"), withDestinationPath: "b")
    try FileManager.default.createSymbolicLink(atPath: folder.path("b"), withDestinationPath: "a")
    #expect(throws: FileError.self) { try OutputFile.write("x", to: folder.path("a")) }
  }

  @Test func `A pipe is written, not replaced`() throws {
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    // Somebody reads, so that opening does not wait.
    let reader = open(folder.path("pipe"), O_RDWR)
    defer { close(reader) }
    try OutputFile.write("through", to: folder.path("pipe"))
    var bytes = [UInt8](repeating: 0, count: 16)
    #expect(read(reader, &bytes, 16) == 7)
    #expect(String(decoding: bytes.prefix(7), as: UTF8.self) == "through")
    var status = stat()
    #expect(stat(folder.path("pipe"), &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
  }

  @Test func `A device stays one`() throws {
    try OutputFile.write("gone", to: "/dev/null")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    #expect(throws: FileError.self) { try OutputFile.write("too much", to: "/dev/full") }
  }

  @Test func `Given up, what was there stays, and nothing else`() throws {
    try OutputFile.write("old", to: folder.path("file"))
    do {
      let file = try OutputFile(for: folder.path("file"))
      try Array("half".utf8).withUnsafeBytes { try file.append($0) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 2)
    }
    #expect(try text("file") == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["file"])
  }

  @Test func `What a dead process left is removed, what a living one has is not`() throws {
    let living = Temporaries.name(beside: folder.path("x"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/true")
    try process.run()
    process.waitUntilExit()
    let dead = living.replacingOccurrences(of: "-\(getpid())-", with: "-\(process.processIdentifier)-")
    let foreign = folder.path(".negspace-notes")
    for path in [living, dead, foreign] { #expect(FileManager.default.createFile(atPath: path, contents: nil)) }
    Temporaries.sweep(folder.url.path)
    #expect(!FileManager.default.fileExists(atPath: dead))
    #expect(FileManager.default.fileExists(atPath: living))
    #expect(FileManager.default.fileExists(atPath: foreign))
  }

  @Test func `A folder is one process's at a time`() throws {
    let path = folder.url.path
    do {
      let lock = try FolderLock(path)
      #expect(throws: FileError.busy(folder: path)) { try FolderLock(path) }
      withExtendedLifetime(lock) {}
    }
    _ = try FolderLock(path)
  }
}
