import NegativeSpaceMedia
import Testing

// Made by Fixtures/make_edges.py: OpenCV 5.0.0, cvtColor and Canny(100, 200).
@Suite struct PictureCannyTests {
  @Test("Edges are OpenCV's", arguments: ["shapes", "noise"])
  func openCV(name: String) throws {
    let picture = try Picture(contentsOf: fixturePath("canny_\(name).png"))
    let edges = picture.canny()
    #expect((edges.width, edges.height) == (picture.width, picture.height))
    let expected = try fixture("canny_\(name).png.edges")
    #expect(edges.pixels == expected.flatMap { [$0, $0, $0] })
  }

  @Test func `A flat picture and a single pixel have none`() {
    #expect(Picture(width: 9, height: 7, red: 90, green: 10, blue: 200).canny().pixels.allSatisfy { $0 == 0 })
    #expect(Picture(width: 1, height: 1, red: 90, green: 10, blue: 200).canny().pixels == [0, 0, 0])
  }
}
