import Dispatch
import Foundation
import NegativeSpaceFiles
import Synchronization

/// Ctrl-C, a polite kill and a closed terminal: remembered, and asked for between calls of a network.
///
/// The second one ends the process at once, without what is unfinished. So does the first as long as nobody has asked:
/// files are being read then, and nothing is made yet that could be kept.
///
/// `@unchecked Sendable`: the sources are set up once and then only kept.
final class Interruption: @unchecked Sendable {
  /// The exit status of what was interrupted.
  static let status: Int32 = 130

  private let raised = Atomic<Bool>(false)
  private let isAskedFor = Atomic<Bool>(false)
  private let sources: [any DispatchSourceSignal]

  /// From now on the signals no longer end the process by themselves.
  init() {
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      let before = signal(number, SIG_IGN)
      // Who was started by nohup stays deaf to the terminal.
      if number == SIGHUP, Self.isIgnoring(before) { return nil }
      return DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
    }
    for source in sources {
      source.setEventHandler { [weak self] in self?.handle() }
      source.resume()
    }
  }

  var isRaised: Bool {
    isAskedFor.store(true, ordering: .sequentiallyConsistent)
    return raised.load(ordering: .sequentiallyConsistent)
  }

  private func handle() {
    let isSecond = raised.exchange(true, ordering: .sequentiallyConsistent)
    guard isSecond || !isAskedFor.load(ordering: .sequentiallyConsistent) else { return }
    Temporaries.discardAll()
    _exit(Self.status)
  }

  /// Whether a handler is `SIG_IGN`, which is an address that is no function's.
  private static func isIgnoring(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
