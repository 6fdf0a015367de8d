import NegativeSpaceCFFmpeg
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// FFmpeg's log: nothing reaches the terminal, the last error of each thread is kept for our own messages.
enum FFmpegLog {
  /// The last error line of each thread, by thread number.
  ///
  /// Codecs run on one thread here, so it is the caller's.
  private static let lines = Mutex<[UInt: String]>([:])

  /// Installs the silent log; FFmpeg has one for the whole process, so this happens once.
  private static let installed: Void = {
    av_log_set_level(AV_LOG_QUIET)
    av_log_set_callback { _, level, format, arguments in
      guard level & 0xFF <= AV_LOG_ERROR, let format, let arguments else { return }
      FFmpegLog.keep(format, arguments)
    }
  }()

  /// Silences FFmpeg and forgets what this thread's earlier calls have said.
  ///
  /// Every reader and writer starts with it.
  static func begin() {
    _ = installed
    lines.withLock { _ = $0.removeValue(forKey: UInt(pthread_self())) }
  }

  /// The last error that FFmpeg reported on this thread, once.
  static func takeLastError() -> String? {
    lines.withLock { $0.removeValue(forKey: UInt(pthread_self())) }
  }
}

extension FFmpegLog {
  /// Renders one line of `printf` form and keeps it as this thread's last error.
  private static func keep(_ format: UnsafePointer<CChar>, _ arguments: CVaListPointer) {
    let line = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer -> String in
      guard let start = buffer.baseAddress else { return "" }
      vsnprintf(start, buffer.count, format, arguments)
      return String(cString: start)
    }
    let trimmed = line.split(whereSeparator: \.isNewline).joined(separator: " ")
    guard !trimmed.isEmpty else { return }
    lines.withLock { $0[UInt(pthread_self())] = trimmed }
  }
}
