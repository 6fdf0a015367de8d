/// One pass over a prompt that may change between steps.
///
/// Brackets that are closed without following the grammar are text, and so are all around them, since what is inside of
/// a bracket has to follow it too; what was read inside of them stays. No bracket is read twice.
struct ScheduleReader {
  private typealias Piece = PromptSchedule.Piece

  /// A bracket that is open.
  private struct Frame {
    let isSquare: Bool
    /// The piece that it begins with.
    let start: Int
    var colons: [Int] = []
    var bars: [Int] = []
  }

  private let scalars: [Unicode.Scalar]
  private var pieces: [Piece] = []
  private var frames: [Frame] = []
  private static let special: Set<Unicode.Scalar> = ["[", "]", "(", ")", ":", "|"]

  init(_ prompt: String) { scalars = Array(prompt.unicodeScalars) }

  /// The prompt's pieces; nil where it does not follow the grammar as a whole.
  mutating func read() -> [PromptSchedule.Piece]? {
    var place = 0
    while place < scalars.count {
      let scalar = scalars[place]
      guard Self.special.contains(scalar) else {
        guard let end = endOfText(from: place) else { return nil }
        pieces.append(.text(String(ofScalars: scalars[place..<end])))
        place = end
        continue
      }
      guard readSpecial(scalar) else { return nil }
      place += 1
    }
    return giveUp() ? pieces : nil
  }

  /// Takes all open brackets for text; false where one of them has a `|`, which cannot be that.
  private mutating func giveUp() -> Bool {
    defer { frames = [] }
    return frames.allSatisfy(\.bars.isEmpty)
  }

  /// The end of text that has none of the special characters, unless they follow a backslash; nil where that is the last.
  private func endOfText(from start: Int) -> Int? {
    var place = start
    while place < scalars.count, !Self.special.contains(scalars[place]) {
      if scalars[place] == "\\" {
        guard place + 1 < scalars.count, scalars[place + 1] != "\n" else { return nil }
        place += 1
      }
      place += 1
    }
    return place
  }

  /// Reads a bracket or what separates its parts; false where the whole prompt cannot be read.
  private mutating func readSpecial(_ scalar: Unicode.Scalar) -> Bool {
    let here = pieces.count
    pieces.append(.text(String(scalar)))
    guard scalar != "[", scalar != "(" else {
      frames.append(Frame(isSquare: scalar == "[", start: here))
      return true
    }
    let top = frames.indices.last
    switch scalar {
    case ":":
      guard let top else { return true }
      frames[top].colons.append(here)
      let frame = frames[top]
      if frame.colons.count > (frame.isSquare ? 2 : 1) || !frame.bars.isEmpty { return giveUp() }
    case "|":
      guard let top, frames[top].isSquare, frames[top].colons.isEmpty else { return false }
      frames[top].bars.append(here)
    case ")":
      guard let top, !frames[top].isSquare else { return giveUp() }
      frames.removeLast()
    default:
      guard let top, frames[top].isSquare, close(frames[top], at: here) else { return giveUp() }
      frames.removeLast()
    }
    return true
  }

  /// Makes a choice of a square bracket that is one; false where it may not be closed here.
  private mutating func close(_ frame: Frame, at end: Int) -> Bool {
    if !frame.bars.isEmpty {
      pieces[frame.start] = .open(.turns(frame.bars.count + 1))
      for bar in frame.bars { pieces[bar] = .next }
      pieces[end] = .close
    } else if let last = frame.colons.last {
      guard end == last + 2, case .text(let number) = pieces[last + 1], let instant = Self.instant(number) else {
        return false
      }
      pieces[frame.start] = .open(frame.colons.count == 2 ? .change(after: instant) : .beginning(after: instant))
      for colon in frame.colons { pieces[colon] = .next }
      pieces[end] = .close
    }
    return true
  }

  /// A number between white space: with a point a share of the steps, without one a step.
  private static func instant(_ text: String) -> PromptSchedule.Instant? {
    let trimmed = text.unicodeScalars.drop { $0.properties.isWhitespace }
    let number = String(
      ofScalars: Array(trimmed.reversed().drop { $0.properties.isWhitespace }.reversed()))
    // Swift reads the grammar's numbers, and others, which have further letters.
    let isPlain = number.unicodeScalars.allSatisfy("0123456789.+-eE".unicodeScalars.contains)
    guard isPlain, let value = Double(number) else { return nil }
    return number.contains(".") ? .share(value) : .step(value)
  }
}
