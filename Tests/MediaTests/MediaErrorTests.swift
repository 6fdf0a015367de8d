import NegativeSpaceMedia
import Testing

@Suite struct MediaErrorTests {
  @Test(arguments: [
    (
      MediaError.oddSize(width: 127, height: 96),
      "a video of 127×96 pixels cannot be written as yuv420p H.264: both sides must be even; choose 128×96"
    ),
    (
      .cannotWrite(path: "out/a.mp4", reason: "No space left on device"),
      "cannot write out/a.mp4: No space left on device"
    ),
    (
      .unknownExtension(path: "a.tga", expected: ".png, .jpg or .webp"),
      "the name a.tga does not say which format to write; end it in .png, .jpg or .webp"
    ),
    (
      .badFrameRate("fast"),
      "\"fast\" is not a frame rate; expected a number above 0 up to 1000 such as 8, 29.97 or 30000/1001"
    ),
    (
      .notANumber(x: 3, y: 4, channel: 1),
      "the value of channel 1 at column 3, row 4 is not a number; the model's output is broken"
    ),
  ])
  func `Errors say what was wrong and what to do`(error: MediaError, text: String) {
    #expect(error.description == text)
  }
}
