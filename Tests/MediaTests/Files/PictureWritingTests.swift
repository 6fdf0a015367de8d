import Foundation
import NegativeSpaceMedia
import Testing

@Suite struct PictureWritingTests {
  private let picture = scene(width: 61, height: 47)

  @Test func `A PNG comes back as it was`() throws {
    let folder = try TemporaryFolder()
    try picture.write(to: folder.path("a.png"))
    #expect(try Picture(contentsOf: folder.path("a.png")) == picture)
    #expect(folder.contents == ["a.png"])
  }

  @Test(arguments: ["a.jpg", "b.JPEG", "c.webp"])
  func `A JPEG or WebP comes back nearly as it was`(name: String) throws {
    let folder = try TemporaryFolder()
    let smooth = smoothScene(width: 61, height: 47)
    try smooth.write(to: folder.path(name), quality: 95)
    let back = try Picture(contentsOf: folder.path(name))
    #expect(back.width == 61 && back.height == 47)
    #expect(signalToNoise(back.pixels, smooth.pixels) > 36)
  }

  @Test(arguments: [PictureFormat.jpeg, .webp])
  func `More quality takes more bytes and comes nearer`(format: PictureFormat) throws {
    let smooth = smoothScene(width: 96, height: 80)
    var last = (size: 0, nearness: 0.0)
    for quality in [10, 50, 90] {
      let bytes = try smooth.encoded(as: format, quality: quality, path: "memory")
      let nearness = signalToNoise(try Picture(encoded: bytes, path: "memory").pixels, smooth.pixels)
      #expect(bytes.count > last.size && nearness > last.nearness)
      last = (bytes.count, nearness)
    }
  }

  @Test(arguments: [1, 2, 3, 7, 16], [1, 2, 5])
  func `Tiny pictures can be written in every format`(width: Int, height: Int) throws {
    let tiny = Picture(width: width, height: height, red: 200, green: 100, blue: 50)
    for format in [PictureFormat.png, .jpeg, .webp] {
      let back = try Picture(encoded: tiny.encoded(as: format, path: "memory"), path: "memory")
      #expect(greatestDifference(back.pixels, tiny.pixels) <= 4)
    }
  }

  @Test func `The same picture makes the same bytes`() throws {
    for format in [PictureFormat.png, .jpeg, .webp] {
      let metadata = ContainerMetadata(parameters: "a fox", negspace: "{}")
      let first = try picture.encoded(as: format, metadata: metadata, path: "memory")
      #expect(try picture.encoded(as: format, metadata: metadata, path: "memory") == first)
    }
  }

  @Test(arguments: ["a.tga", "a", "png", "a.png.txt", ".", "folder.png/a"])
  func `A name without a known ending is refused`(name: String) {
    #expect(throws: MediaError.unknownExtension(path: name, expected: ".png, .jpg or .webp")) {
      try picture.write(to: name)
    }
  }

  @Test func `A missing folder is named, and nothing is left`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("missing/deeper/a.png")
    let parent = folder.path("missing/deeper")
    let reason = "there is no folder \(parent); make it first: mkdir -p '\(parent)'"
    #expect(throws: MediaError.cannotWrite(path: path, reason: reason)) {
      try picture.write(to: path)
    }
    #expect(folder.contents.isEmpty)
  }

  // The FFmpeg program is another reader of the same formats; for PNG it must see the same bytes.
  @Test(.enabled(if: program("ffmpeg") != nil, "needs the ffmpeg program"), arguments: ["a.png", "a.jpg", "a.webp"])
  func `FFmpeg's program reads what was written`(name: String) throws {
    let ffmpeg = try #require(program("ffmpeg"))
    let folder = try TemporaryFolder()
    let smooth = smoothScene(width: 61, height: 47)
    try smooth.write(to: folder.path(name), metadata: .init(parameters: "狐狸", negspace: "{}"), quality: 95)
    let arguments = ["-v", "error", "-i", folder.path(name), "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    let seen = Array(try output(of: ffmpeg, arguments))
    if name == "a.png" {
      #expect(seen == smooth.pixels)
    } else {
      #expect(signalToNoise(seen, smooth.pixels) > 32)
    }
  }

  @Test(.enabled(if: pillow() != nil, "needs python3 with Pillow"))
  func `Pillow reads the pixels and the texts`() throws {
    let python = try #require(pillow())
    let folder = try TemporaryFolder()
    try picture.write(to: folder.path("a.png"), metadata: .init(parameters: "café, 25 steps", negspace: "狐狸 🦊"))
    let script = """
      import sys; from PIL import Image
      image = Image.open(sys.argv[1]); image.load()
      sys.stdout.buffer.write(image.convert("RGB").tobytes())
      sys.stdout.buffer.write((image.text["parameters"] + "|" + image.text["negspace"]).encode())
      """
    let seen = try output(of: python, ["-c", script, folder.path("a.png")])
    #expect(Array(seen.prefix(picture.pixels.count)) == picture.pixels)
    #expect(String(decoding: seen.dropFirst(picture.pixels.count), as: UTF8.self) == "café, 25 steps|狐狸 🦊")
  }
}

/// The `python3` of this machine, if it has Pillow.
private func pillow() -> URL? {
  guard let python = program("python3") else { return nil }
  let seen = try? output(of: python, ["-c", "import PIL; print('yes')"])
  return seen.map { String(decoding: $0, as: UTF8.self) } == "yes\n" ? python : nil
}
