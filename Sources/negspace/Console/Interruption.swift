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
      // Who was started by nohup stays deaf to the terminal.
      if number == SIGHUP, Self.isIgnored(number) { return nil }
      // Dispatch takes the signal over by itself on Linux, a moment after `resume`. Until then it ends the process as it
      // would without us: ignored meanwhile, it would be lost.
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

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    // `SIG_IGN` is an address that is no function's.
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
