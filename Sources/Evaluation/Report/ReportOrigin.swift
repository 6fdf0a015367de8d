public import Foundation

/// The command that a report comes from, and the time at which it was written.
public struct ReportOrigin: Sendable, Hashable {
  /// As it is typed; nil where a program used the library.
  public let command: String?
  /// The time of writing.
  public let date: Date

  /// - Parameter arguments: the program and its arguments.
  public init(arguments: [String]? = nil, date: Date = Date()) {
    command = arguments.map { $0.map(Self.quoted).joined(separator: " ") }
    self.date = date
  }

  /// Day and minute in universal time.
  var dateText: String {
    date.formatted(.iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false))
      + " UTC"
  }

  /// As a shell takes it for one word.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./:=,+@%".unicodeScalars.contains($0))
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
