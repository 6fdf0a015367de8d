import Foundation
import NegativeSpaceMedia
import Testing

/// The tags that turn a picture, wherever they stand.
@Suite struct OrientationTests {
  private static let (width, height) = (3, 2)
  private static let pixels = (0..<18).map { UInt8($0 * 14) }

  /// A TIFF of three by two pixels with further entries: tag, type, count, value.
  private static func tiff(_ others: [[Int]] = [], isLittle: Bool = true, isExif: Bool = false) -> [UInt8] {
    func number(_ value: Int, _ width: Int) -> [UInt8] {
      let bytes = (0..<width).map { UInt8(value >> (8 * $0) & 0xFF) }
      return isLittle ? bytes : bytes.reversed()
    }
    let own = [
      [256, 3, 1, width], [257, 3, 1, height], [258, 3, 1, 8], [259, 3, 1, 1], [262, 3, 1, 2], [273, 4, 1, 8],
      [277, 3, 1, 3], [278, 3, 1, height], [279, 4, 1, pixels.count], [284, 3, 1, 1],
    ]
    let entries = ((isExif ? [] : own) + others).sorted { $0[0] < $1[0] }
    var file: [UInt8] =
      (isLittle ? [0x49, 0x49] : [0x4D, 0x4D]) + number(42, 2) + number(8 + pixels.count, 4) + pixels
    file += number(entries.count, 2)
    for entry in entries {
      file += number(entry[0], 2) + number(entry[1], 2) + number(entry[2], 4)
      file += entry[1] == 3 ? number(entry[3], 2) + [0, 0] : number(entry[3], 4)
    }
    return file + number(0, 4)
  }

  /// The same picture as PNG, with a chunk after its header.
  private static func png(_ type: String, _ data: [UInt8]) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try Picture(width: width, height: height, pixels: pixels).write(to: folder.path("x.png"))
    let file = Array(try Data(contentsOf: URL(filePath: folder.path("x.png"))))
    func number(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    let body = Array(type.utf8) + data
    return file[..<33] + number(UInt32(data.count)) + body + number(crc32(body[...])) + file[33...]
  }

  /// The pixels as Exif orientation 1…8 shows them.
  private static func turned(_ orientation: Int) throws -> Picture {
    try Picture(encoded: tiff([[274, 3, 1, orientation]]), path: "turned.tiff")
  }

  @Test func `A quarter turn and a mirrored one come out as Pillow has them`() throws {
    let columns = (0..<6).map { Array(Self.pixels[$0 * 3..<$0 * 3 + 3]) }
    let six = try Self.turned(6)
    #expect((six.width, six.height) == (2, 3))
    #expect(six.pixels == [3, 0, 4, 1, 5, 2].flatMap { columns[$0] })
    #expect(try Self.turned(2).pixels == [2, 1, 0, 5, 4, 3].flatMap { columns[$0] })
    #expect(try Self.turned(9).pixels == Self.pixels)
  }

  @Test(arguments: 1...8, [true, false])
  func `PNG's Exif turns as TIFF's tag does`(_ orientation: Int, _ isLittle: Bool) throws {
    let exif = Self.tiff([[274, 3, 1, orientation]], isLittle: isLittle, isExif: true)
    let expected = try Self.turned(orientation).pixels
    #expect(try Picture(encoded: Self.png("eXIf", exif), path: "x.png").pixels == expected)
    let marked = Array("Exif\0\0".utf8) + exif
    #expect(try Picture(encoded: Self.png("eXIf", marked), path: "x.png").pixels == expected)
    let digits = marked.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let text = "Raw profile type exif\0\nexif\n      \(marked.count)\n\(digits)\n"
    #expect(try Picture(encoded: Self.png("tEXt", Array(text.utf8)), path: "x.png").pixels == expected)
    #expect(
      try Picture(encoded: Self.tiff([[274, 3, 1, orientation]], isLittle: isLittle), path: "x.tiff").pixels == expected
    )
  }

  @Test func `Damaged Exif turns nothing`() throws {
    let exif = Self.tiff([[274, 3, 1, 6]], isExif: true)
    for length in 0..<exif.count - 4 {
      let picture = try Picture(encoded: Self.png("eXIf", Array(exif.prefix(length))), path: "x.png")
      #expect(picture.pixels == Self.pixels)
    }
  }

  @Test(arguments: [
    [296, 3, 1, 2], [339, 3, 1, 1], [700, 1, 4, 0], [34377, 1, 4, 0], [34675, 7, 4, 0], [269, 2, 4, 0],
    [65000, 3, 1, 7],
  ])
  func `Tags that say nothing about the pixels' bytes do no harm`(_ entry: [Int]) throws {
    #expect(try Picture(encoded: Self.tiff([entry]), path: "x.tiff").pixels == Self.pixels)
    #expect(try Picture(encoded: Self.tiff([entry], isLittle: false), path: "x.tiff").pixels == Self.pixels)
  }

  @Test(arguments: [2, 3])
  func `Signed and floating-point samples are refused`(_ format: Int) {
    #expect(throws: MediaError.self) { try Picture(encoded: Self.tiff([[339, 3, 1, format]]), path: "x.tiff") }
  }
}
