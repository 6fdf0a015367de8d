import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and a polite kill: remembered, and asked for between steps.
///
/// `@unchecked Sendable`: the sources are set up once and then only kept.
final class Interruption: @unchecked Sendable {
  private let raised = Atomic<Bool>(false)
  private let sources: [any DispatchSourceSignal]

  /// From now on the two signals no longer end the process by themselves.
  init() {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for source in sources {
      source.setEventHandler { [weak self] in self?.raised.store(true, ordering: .relaxed) }
      source.resume()
    }
  }

  var isRaised: Bool { raised.load(ordering: .relaxed) }
}
