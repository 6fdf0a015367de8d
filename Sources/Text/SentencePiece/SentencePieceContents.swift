/// The contents of a `spiece.model`: its pieces, and the map of characters by which texts are normalised.
///
/// Layout: `sentencepiece_model.proto` of google/sentencepiece.
struct SentencePieceContents: Sendable {
  struct Piece: Sendable, Hashable {
    /// The kinds that matter here, by their numbers in the file.
    enum Kind: UInt64, Sendable {
      case normal = 1
      case unknown, control, userDefined, unused, byte
    }

    var text: String
    var score: Float
    var kind: Kind
  }

  let pieces: [Piece]

  /// The unknown piece's number.
  let unknown: Int

  /// More pieces than any published vocabulary has.
  private static let countLimit = 1 << 21

  /// - Throws: `TokenizerError.damagedModel`.
  init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
    do throws(ProtocolBufferReader.Failure) {
      var pieces: [Piece] = []
      var reader = ProtocolBufferReader(bytes[...])
      while let (field, value) = try reader.next() {
        guard case .bytes(let inner) = value else { continue }
        switch field {
        case 1: pieces.append(try Self.piece(inner))
        case 2: try Self.requireUnigram(inner)
        case 3, 5: try Self.requireSoundMap(inner)
        default: continue
        }
        guard pieces.count <= Self.countLimit else {
          throw ProtocolBufferReader.Failure(
            reason: "it has more than \(Self.countLimit) pieces", byte: inner.startIndex)
        }
      }
      let unknown = pieces.indices.filter { pieces[$0].kind == .unknown }
      guard unknown.count == 1 else {
        throw ProtocolBufferReader.Failure(
          reason: "it has \(unknown.count) pieces for what is unknown, not one", byte: bytes.count)
      }
      (self.pieces, self.unknown) = (pieces, unknown[0])
    } catch {
      throw .damagedModel(file: file, reason: "at byte \(error.byte), \(error.reason)")
    }
  }

  private static func piece(_ bytes: ArraySlice<UInt8>) throws(ProtocolBufferReader.Failure) -> Piece {
    func failure(_ reason: String) -> ProtocolBufferReader.Failure { .init(reason: reason, byte: bytes.startIndex) }
    var (text, score, kind) = (String?.none, Float(0), Piece.Kind.normal)
    var reader = ProtocolBufferReader(bytes)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let characters)): text = String(validating: characters, as: UTF8.self)
      case (2, .fixed32(let bits)): score = Float(bitPattern: bits)
      case (3, .varint(let number)):
        guard let known = Piece.Kind(rawValue: number) else { throw failure("a piece is of the kind \(number)") }
        kind = known
      default: continue
      }
    }
    guard let text, !text.isEmpty else { throw failure("a piece has no text") }
    guard score.isFinite else { throw failure("the piece \"\(text.prefix(40))\" has the score \(score)") }
    return Piece(text: text, score: score, kind: kind)
  }

  private static func requireUnigram(_ bytes: ArraySlice<UInt8>) throws(ProtocolBufferReader.Failure) {
    var reader = ProtocolBufferReader(bytes)
    while let (field, value) = try reader.next() {
      guard field == 3, case .varint(let kind) = value, kind != 1 else { continue }
      let name = [2: "BPE", 3: "words", 4: "characters"][kind] ?? "the unknown kind \(kind)"
      throw .init(
        reason: "the model is of \(name); only unigram models, such as T5's, are read", byte: bytes.startIndex)
    }
  }

  private static func requireSoundMap(_ bytes: ArraySlice<UInt8>) throws(ProtocolBufferReader.Failure) {
    var reader = ProtocolBufferReader(bytes)
    while let (field, value) = try reader.next() {
      guard field == 2, case .bytes(let map) = value, !map.isEmpty else { continue }
      guard CharacterMap.isSound(Array(map)) else {
        throw .init(reason: "the map of characters leads out of itself", byte: map.startIndex)
      }
    }
  }
}

/// The compiled map of characters in a SentencePiece model: a size, a double array (Darts-clone) and the texts that it
/// leads to.
enum CharacterMap {
  /// Whether no path through the array leads out of it, nor any result out of the texts: the library does not look.
  static func isSound(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 4 else { return false }
    let size = word(bytes, 0)
    guard size > 0, size % 1024 == 0, 4 + size < bytes.count, bytes.last == 0 else { return false }
    let (units, texts) = (size / 4, bytes.count - 4 - size)
    for index in 0..<units {
      let unit = word(bytes, 4 + 4 * index)
      if unit >> 31 == 1 {
        // A result: a place in the texts.
        guard unit & 0x7FFF_FFFF < texts else { return false }
      } else {
        let offset = (unit >> 10) << ((unit & 1 << 9) >> 6)
        // The next unit is at the sum with some byte, and a result, where there is one, at the sum itself.
        let next = index ^ offset
        guard next | 0xFF < units else { return false }
        let hasResult = unit & 1 << 8 != 0
        guard !hasResult || word(bytes, 4 + 4 * next) & 0x7FFF_FFFF < texts else { return false }
      }
    }
    return true
  }

  private static func word(_ bytes: [UInt8], _ place: Int) -> Int {
    (0..<4).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
  }
}
