import NegativeSpaceMedia
import Testing

// Made by Fixtures/make_pictures.py: files, and the pixels that Pillow 13.0.0 reads from them.
@Suite struct PictureReadingTests {
  @Test(
    "Files that lose nothing read as Pillow reads them, byte for byte",
    arguments: [
      "rgb.png", "alpha.png", "palette.png", "palette4.png", "transparent_palette.png", "transparent.gif", "grey.png",
      "grey_alpha.png",
      "bits.png", "rgb16.png", "rgba16.png", "grey_alpha16.png", "grey16.png", "lossless.webp", "alpha.webp",
      "rgb.bmp", "palette.gif", "rgb.tiff", "rgb.ppm", "gradient.png", "xmp3.png", "xmp6.webp", "xmp8.tiff",
      "exif1_xmp6.webp",
    ])
  func lossless(name: String) throws {
    let picture = try Picture(contentsOf: fixturePath(name))
    #expect(greatestDifference(picture.pixels, try fixture("\(name).rgb")) == 0)
  }

  // JPEG and VP8 leave the rounding of the transform to the decoder; all else is the same here.
  @Test(
    "Files that lose something read as Pillow reads them, up to the transform's rounding",
    arguments: [
      "colour420.jpg", "colour422.jpg", "colour444.jpg", "progressive.jpg", "grey.jpg", "lossy.webp",
    ])
  func lossy(name: String) throws {
    let picture = try Picture(contentsOf: fixturePath(name))
    let expected = try fixture("\(name).rgb")
    #expect(signalToNoise(picture.pixels, expected) > 55)
    #expect(greatestDifference(picture.pixels, expected) <= 3)
  }

  @Test("Photographs are turned upright by their Exif orientation", arguments: 1...8)
  func orientation(value: Int) throws {
    let name = "orientation\(value).jpg"
    let picture = try Picture(contentsOf: fixturePath(name))
    #expect(picture.width == (value < 5 ? 24 : 16))
    #expect(signalToNoise(picture.pixels, try fixture("\(name).rgb")) > 55)
  }

  @Test("Where Exif says no orientation, XMP does", arguments: ["xmp5.jpg", "exif_xmp7.jpg"])
  func adobe(name: String) throws {
    let picture = try Picture(contentsOf: fixturePath(name))
    #expect((picture.width, picture.height) == (16, 24))
    #expect(signalToNoise(picture.pixels, try fixture("\(name).rgb")) > 55)
  }
}
