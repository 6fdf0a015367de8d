import NegativeSpaceMedia
import Testing

// diffusers 0.42: VaeImageProcessor(do_resize=False).postprocess(t, output_type="pil") and .preprocess(image);
// `.unit`: (np.clip(v, 0, 1) * 255).round() in float32.
@Suite struct PictureFloatsTests {
  @Test func `A decoder's floats become the bytes that diffusers makes of them`() throws {
    let floats: [Float] = [
      -2, -1, -0.999, -0.5, -0.00392156862745098, 0, 0.00392156862745098, 0.2, 0.49803925, 0.5, 0.7, 0.99607843, 1, 3,
      -0.003921569, 0.011764706, 0.25, -0.75,
    ]
    let picture = try Picture(width: 3, height: 2, floats: floats, range: .signed)
    #expect(
      picture.pixels == [0, 0, 0, 64, 127, 128, 128, 153, 191, 191, 217, 254, 255, 255, 127, 129, 159, 32])
  }

  @Test func `Halves are rounded to even`() throws {
    let floats: [Float] = [0.5 / 255, 1.5 / 255, 2.5 / 255, 4.5 / 255, 100.5 / 255, 0.1, 0.9, 1.2, -0.1]
    let picture = try Picture(width: 1, height: 3, floats: floats, range: .unit)
    #expect(picture.pixels == [0, 2, 2, 4, 100, 26, 230, 255, 0])
  }

  @Test func `Bytes become the floats that diffusers makes of them`() {
    let picture = Picture(width: 2, height: 1, pixels: [0, 1, 127, 128, 200, 255])
    #expect(
      picture.floats(.signed) == [
        -1.0, -0.9921568632125854, -0.003921568393707275, 0.003921627998352051, 0.5686274766921997, 1.0,
      ])
  }

  @Test(arguments: [ColourRange.unit, .signed])
  func `Every byte survives the way there and back`(range: ColourRange) throws {
    let picture = Picture(width: 16, height: 16, pixels: (0..<768).map { UInt8($0 % 256) })
    #expect(try Picture(width: 16, height: 16, floats: picture.floats(range), range: range) == picture)
  }

  @Test func `A value that is no number is refused with its place`() {
    var floats = [Float](repeating: 0, count: 4 * 3 * 3)
    floats[(2 * 4 + 1) * 3 + 2] = .nan
    #expect(throws: MediaError.notANumber(x: 1, y: 2, channel: 2)) {
      try Picture(width: 4, height: 3, floats: floats, range: .signed)
    }
  }

  @Test func `Infinities are the ends of the range`() throws {
    let picture = try Picture(width: 1, height: 1, floats: [.infinity, -.infinity, 0], range: .signed)
    #expect(picture.pixels == [255, 0, 128])
  }

  @Test func `Another count of floats is refused with both numbers`() {
    #expect(
      throws: MediaError.wrongSize(what: "a row of colour values", expected: "2×2×3 = 12", found: "11")
    ) {
      try Picture(width: 2, height: 2, floats: [Float](repeating: 0, count: 11), range: .unit)
    }
  }
}
