import Foundation
import NegativeSpaceFiles

/// The two streams: results on standard output, everything else on standard error.
enum Console {
  /// Makes the streams safe before anything is opened or written.
  ///
  /// A file must not get the number of a stream that is closed, or messages would be written into it. A pipe that
  /// nobody reads is an error of the write, which `result` and `message` treat differently.
  static func begin() {
    for stream: Int32 in 0...2 where fcntl(stream, F_GETFD) == -1 {
      // The lowest free number is this one; read-only, so that writing to it fails as to a closed one.
      _ = open("/dev/null", O_RDONLY)
    }
    signal(SIGPIPE, SIG_IGN)
    // Beyond a limit of the shell's the write fails, as on a full disk.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Writes a result.
  ///
  /// - Throws: `FileError.unwritable`: a result that is lost is a failure. A pipe that nobody reads any more ends the
  ///   process quietly.
  static func result(_ text: String) throws {
    var rest = Array((visible(text) + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EPIPE {
        endAsByBrokenPipe()
      } else if errno != EINTR {
        let reason = String(cString: strerror(errno))
        throw FileError.unwritable(path: "standard output", reason: "the result is lost (\(reason))")
      }
    }
  }

  /// What the library says comes out as the command line spells it.
  static func message(_ text: String) { write(visible(OptionSpelling.spelled(text)) + "\n") }

  /// Text without a line's end, for what is drawn over.
  static func draw(_ text: String) { write(text) }

  /// Whether somebody watches standard error.
  static var isTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

  /// Columns of the terminal that shows standard error; nil where there is none.
  static var columns: Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// A machine-readable result: JSON with sorted keys.
  static func result(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try result(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// A standard error that nobody reads, or that is full, is no reason to stop.
  private static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  /// The text with control characters as JSON writes them, so that what a file says cannot steer a terminal.
  ///
  /// Line ends and tabs stay. What turns the direction of writing is shown as well.
  static func visible(_ text: String) -> String {
    func isShown(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x09, 0x0A: true
      case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: false
      default: true
      }
    }
    guard !text.unicodeScalars.allSatisfy(isShown) else { return text }
    return text.unicodeScalars.map { isShown($0) ? String($0) : String(format: "\\u%04X", $0.value) }.joined()
  }

  /// Ends the process as the signal does by itself: with status 141 to a shell.
  private static func endAsByBrokenPipe() -> Never {
    Temporaries.discardAll()
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    _exit(141)
  }
}
