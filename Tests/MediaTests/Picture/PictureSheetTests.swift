import NegativeSpaceMedia
import Testing

struct PictureSheetTests {
  @Test func `A sheet shows its pictures in reading order`() throws {
    let pictures = ([0, 64, 128] as [UInt8]).map { Picture(width: 2, height: 2, red: $0, green: $0, blue: $0) }
    let sheet = try #require(Picture.sheet(pictures, columns: 2, gap: 1))
    #expect(sheet.width == 7 && sheet.height == 7)
    #expect(sheet[1, 1].red == 0 && sheet[4, 1].red == 64 && sheet[2, 5].red == 128)
    #expect(sheet[0, 0].red == 204 && sheet[4, 4].red == 204)
    #expect(Picture.sheet([], columns: 2) == nil)
  }

  @Test func `Without gaps pictures touch`() throws {
    let pictures = ([10, 20, 30] as [UInt8]).map { Picture(width: 1, height: 1, red: $0, green: $0, blue: $0) }
    let sheet = try #require(Picture.sheet(pictures, columns: 2, gap: 0, shade: 0))
    #expect(sheet.pixels == [10, 10, 10, 20, 20, 20, 30, 30, 30, 0, 0, 0])
  }
}
