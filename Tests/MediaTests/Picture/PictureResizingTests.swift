import NegativeSpaceMedia
import Testing

// Made by Fixtures/make_pictures.py: Pillow 13.0.0, Image.resize.
@Suite struct PictureResizingTests {
  @Test(
    "Resizing gives Pillow's bytes",
    arguments: [("up", 62, 48), ("down", 13, 7), ("wide", 45, 24)], ResizingFilter.allCases)
  func pillow(size: (name: String, width: Int, height: Int), filter: ResizingFilter) throws {
    let picture = try Picture(contentsOf: fixturePath("gradient.png"))
    let resized = picture.resized(width: size.width, height: size.height, filter: filter)
    #expect(greatestDifference(resized.pixels, try fixture("resize_\(size.name)_\(filter).rgb")) == 0)
  }

  @Test func `Enlarging by a whole number is Lanczos`() throws {
    let picture = try Picture(contentsOf: fixturePath("gradient.png"))
    #expect(picture.scaled(by: 2).pixels == (try fixture("resize_up_lanczos.rgb")))
    #expect(picture.scaled(by: 1) == picture)
  }
}
