import Foundation

/// The number of cores this process may run on, read once.
enum ProcessorCount {
  static let value = max(1, ProcessInfo.processInfo.activeProcessorCount)
}
