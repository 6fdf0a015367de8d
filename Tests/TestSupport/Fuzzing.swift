package import Foundation
import NegativeSpaceTensors

/// Damages good files at random and hands them to a reader: an error is an answer, a crash or a hang is none.
///
/// `NEGSPACE_FUZZ_SECONDS=600 swift test --filter Fuzz` looks for ten minutes each, else it is a fraction of a second.
package struct Fuzzing {
  private let name: String
  private let corpus: [Data]
  private let words: [Data]
  private let seconds: Double
  private var random: SplitMix64
  private let folder: TemporaryFolder

  /// - Parameters:
  ///   - corpus: good files, at least one.
  ///   - words: pieces of the format, put in at random places.
  package init(_ name: String, corpus: [Data], words: [String] = []) throws {
    (self.name, self.corpus, self.words) = (name, corpus, words.map { Data($0.utf8) })
    let environment = ProcessInfo.processInfo.environment
    seconds = environment["NEGSPACE_FUZZ_SECONDS"].flatMap(Double.init) ?? 0.2
    random = SplitMix64(seed: environment["NEGSPACE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1)
    folder = try TemporaryFolder()
  }

  /// Reads damaged files until the time is over.
  ///
  /// - Throws: `Finding` for a hang, and for memory beyond any file's size.
  /// - Parameters:
  ///   - file: the name under which a file is written; the last one stays where it is when the process dies.
  ///   - read: opens the folder's file and reads all of it; what it throws is its answer.
  package mutating func run(file: String, _ read: (TemporaryFolder) throws -> Void) throws {
    let start = ContinuousClock.now
    let memory = Self.peakMemory
    var count = 0
    repeat {
      let data = next()
      try data.write(to: folder.url.appending(path: file))
      let begin = ContinuousClock.now
      do { try read(folder) } catch {}
      let taken = ContinuousClock.now - begin
      count += 1
      if taken > .seconds(5) {
        let kept = NSTemporaryDirectory() + "slow-\(count)-\(file)"
        try data.write(to: URL(fileURLWithPath: kept))
        throw Finding("\(name): reading \(kept) of \(data.count) bytes took \(taken)")
      }
    } while ContinuousClock.now - start < .seconds(seconds)
    // The measure belongs to the whole process, in which other tests run: only a bound that no honest reader
    // needs.
    let grown = Self.peakMemory - memory
    guard grown < 2 << 30 else { throw Finding("\(name): \(grown >> 20) MB more after \(count) files") }
    if seconds > 1 { print("\(name): \(count) damaged files read, peak memory grew by \(grown >> 20) MB") }
  }

  /// Behaviour that no honest reader shows.
  package struct Finding: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
  }

  /// A good file with some damage.
  private mutating func next() -> Data {
    var data = corpus[random.below(corpus.count)]
    for _ in 0..<(1 << random.below(5)) {
      guard !data.isEmpty else { break }
      let place = data.startIndex + random.below(data.count)
      switch random.below(9) {
      case 0: data[place] ^= 1 << UInt8(random.below(8))
      case 1: data[place] = UInt8(truncatingIfNeeded: random.next())
      case 2: data = data.prefix(through: place)
      case 3: data.removeSubrange(place..<min(data.endIndex, place + 1 + random.below(16)))
      case 4: data.insert(contentsOf: data[place..<min(data.endIndex, place + 1 + random.below(64))], at: place)
      case 5: overwrite(&data, place, extreme())
      case 6: if !words.isEmpty { data.insert(contentsOf: words[random.below(words.count)], at: place) }
      case 7: if !words.isEmpty { overwrite(&data, place, words[random.below(words.count)]) }
      default:
        let other = corpus[random.below(corpus.count)]
        data = data.prefix(through: place) + other.suffix(random.below(other.count + 1))
      }
      data = Data(data)
    }
    return data
  }

  /// Numbers at which sizes and offsets break.
  private mutating func extreme() -> Data {
    let values: [UInt64] = [0, 1, 0x7F, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40, 1 << 62, 1 << 63, .max]
    let value = values[random.below(values.count)]
    return withUnsafeBytes(of: value.littleEndian) { Data($0.prefix([1, 2, 4, 8][random.below(4)])) }
  }

  private func overwrite(_ data: inout Data, _ place: Int, _ part: Data) {
    let end = min(data.endIndex, place + part.count)
    data.replaceSubrange(place..<end, with: part.prefix(end - place))
  }

  /// The most that the process ever held, in bytes; 0 is RUSAGE_SELF, which Glibc imports as another type.
  private static var peakMemory: Int {
    var usage = rusage()
    getrusage(0, &usage)
    return usage.ru_maxrss << 10
  }
}
