import Foundation
import NegativeSpaceTables
import NegativeSpaceTestSupport
import Testing

/// Files that were made to harm.
@Suite struct HostileTableTests {
  private func refusal(_ bytes: Data, _ name: String = "t.parquet") throws -> String {
    let folder = try TemporaryFolder()
    try bytes.write(to: folder.url.appending(path: name))
    let error = #expect(throws: TableError.self) {
      let table = try openTable(folder.path(name))
      try table.forEachRow(of: [table.columns[0]]) { _ in }
    }
    return error.map { "\($0)" } ?? ""
  }

  /// A Parquet file of metadata alone.
  private func parquet(_ metadata: [UInt8]) -> Data {
    let count = UInt32(metadata.count)
    return Data(Array("PAR1".utf8) + metadata + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
      + Data("PAR1".utf8)
  }

  @Test func `A field beyond all numbers`() throws {
    // A field of number Int64.max by a long head, and one more behind it.
    let found = try refusal(
      parquet([0x05, 0xFE] + [UInt8](repeating: 0xFF, count: 8) + [0x01, 0x02, 0x15, 0x02, 0x00]))
    #expect(found.contains("a field has the number"), "\(found)")
  }

  @Test(arguments: [[0x01, 0xBB], [0x01, 0xCC], [0x19]] as [[UInt8]])
  func `Values inside each other without end`(nesting: [UInt8]) throws {
    let found = try refusal(
      parquet([nesting[0] == 0x19 ? 0x19 : 0x1B] + [[UInt8]](repeating: nesting, count: 200_000).flatMap { $0 } + [0]))
    #expect(found.contains("too deep"), "\(found)")
  }

  @Test func `Metadata of more values than memory bears`() throws {
    // A list of two million empty structures, a byte each.
    let count = 2_000_000
    let length = [UInt8(count & 0x7F) | 0x80, UInt8(count >> 7 & 0x7F) | 0x80, UInt8(count >> 14)]
    let found = try refusal(parquet([0x19, 0xFC] + length + [UInt8](repeating: 0, count: count + 1)))
    #expect(found.contains("more than 1048576 values"), "\(found)")
  }

  @Test func `Millions of rows in some bytes`() throws {
    // One row group of 2²⁵ rows, all the same, in 230 bytes; written by hand.
    let file =
      "UEFSMRUEFR4VHkwVAhUAAAALAAAAYSByZWQgYXBwbGUVABUMFQwsFYCAgCAVEBUGFQYAAAGAgIAgABUEFRQVFEwVAhUAAAAGAAAAYmx1cnJ5FQAVDBUM"
      + "LBWAgIAgFRAVBhUGAAABgICAIAAVAhk8SAZzY2hlbWEVBAAVDCUAGAZwcm9tcHQAFQwlABgPbmVnYXRpdmVfcHJvbXB0ABaAgIAgGRwZLCYIHBUM"
      + "GRUAJQAWgICAIBZsFmwmCAAAJnQcFQwZFQAlABaAgIAgFmIWYiZ0AAAWyAEWgICAIAAAcwAAAFBBUjE="
    let found = try refusal(try #require(Data(base64Encoded: file)))
    #expect(found.contains("row"), "\(found)")
  }

  @Test func `A line of nothing but commas`() throws {
    let found = try refusal(Data(repeating: UInt8(ascii: ","), count: 1_000_000), "t.csv")
    #expect(found.contains("more than 4096 values"), "\(found)")
  }
}
