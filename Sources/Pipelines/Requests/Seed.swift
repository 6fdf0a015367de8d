/// Where random numbers start: a number as `torch.manual_seed` takes it, 0 to 2⁶⁴ − 1, or one that is drawn for each
/// request.
///
/// In JSON it is a whole number; any below 0 stands for a drawn one.
public enum Seed: Sendable, Hashable {
  case drawn
  case number(UInt64)

  /// The number; below 0 it is drawn.
  public init(_ number: Int) { self = UInt64(exactly: number).map { .number($0) } ?? .drawn }

  /// The number as it is typed; nil for anything but a whole number of at most 64 bits.
  public init?(_ text: String) {
    if let number = UInt64(text) {
      self = .number(number)
    } else if let number = Int(text), number < 0 {
      self = .drawn
    } else {
      return nil
    }
  }

  /// The number; nil for one that is drawn.
  public var number: UInt64? {
    if case .number(let number) = self { number } else { nil }
  }

  /// The seed that is `count` further on; a drawn one stays one.
  ///
  /// - Throws: `RequestError` beyond 2⁶⁴ − 1.
  package func advanced(by count: Int) throws -> Seed {
    guard let number else { return self }
    let (next, overflow) = number.addingReportingOverflow(UInt64(count))
    guard !overflow else {
      throw RequestError(
        .seed, found: "\(number) with \(count) more after it", expected: "at most \(UInt64.max - UInt64(count)) then")
    }
    return .number(next)
  }
}

extension Seed: ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// As `init(_:)`.
  public init(integerLiteral number: Int) { self.init(number) }

  /// The number, -1 for one that is drawn.
  public var description: String { number.map { "\($0)" } ?? "-1" }
}

extension Seed: Codable {
  /// Reads a whole number; below 0 it is drawn.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(UInt64.self) {
      self = .number(number)
    } else {
      self = Seed(try value.decode(Int.self))
    }
  }

  /// Writes the number, -1 for one that is drawn.
  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    if let number { try value.encode(number) } else { try value.encode(-1) }
  }
}
