import Foundation
import NegativeSpaceEmojiWorld
import Testing

@Suite("Scenes")
struct SceneTests {
  private let disc = SyntheticWorld.sheet.sprites[0]
  private let concept = SyntheticWorld.sheet.concepts[0]

  /// π/4 · size² of the picture is covered.
  @Test("A disc covers what a disc of that size covers, around its centre", arguments: SceneSize.allCases)
  func discArea(size: SceneSize) {
    let black = Canvas(width: 128, height: 128)
    var canvas = black
    canvas.draw(disc, at: Placement(center: SIMD2(0.45, 0.55), size: size.fraction, angle: 0.7))
    var (area, x, y) = (Float(0), Float(0), Float(0))
    for row in 0..<128 {
      for column in 0..<128 {
        let covered = canvas[column, row].x / 0.9
        area += covered
        x += covered * (Float(column) + 0.5)
        y += covered * (Float(row) + 0.5)
      }
    }
    let expected = Float.pi / 4 * size.fraction * size.fraction * 128 * 128
    #expect(abs(area / expected - 1) < 0.02)
    #expect(abs(x / area / 128 - 0.45) < 0.002 && abs(y / area / 128 - 0.55) < 0.002)
  }

  @Test("A quarter turn is clockwise")
  func clockwise() {
    // A spot on the right goes to the bottom.
    let spot = Sprite { at in abs(at.x - 0.4) < 0.1 && abs(at.y) < 0.1 ? SIMD4(1, 1, 1, 1) : .zero }
    var canvas = Canvas(width: 64, height: 64)
    canvas.draw(spot, at: Placement(center: SIMD2(0.5, 0.5), size: 1, angle: .pi / 2))
    #expect(canvas[32, 57].x > 0.9)
    #expect(canvas[57, 32].x < 0.1 && canvas[6, 32].x < 0.1 && canvas[32, 6].x < 0.1)
  }

  @Test("What lies outside the picture is cut off without harm")
  func outside() {
    var canvas = Canvas(width: 32, height: 32)
    for center in [SIMD2<Float>(-3, 0.5), SIMD2(0, 0), SIMD2(1, 1), SIMD2(0.5, 9), SIMD2(.nan, 0)] {
      canvas.draw(disc, at: Placement(center: center, size: 0.8, angle: 1))
    }
    #expect(canvas[0, 0].x > 0.8 && canvas[31, 31].x > 0.8 && canvas[31, 0].x == 0)
  }

  @Test("Motions go where their names say")
  func motions() {
    func placements(_ motion: Motion, _ size: SceneSize = .medium) -> [Placement] {
      let scene = Scene(concept: concept, background: .plain(.white), size: size, motion: motion)
      return (0..<16).map { scene.placement(frame: $0, of: 16) }
    }
    let path = Dictionary(uniqueKeysWithValues: Motion.allCases.map { ($0, placements($0)) })
    func ends(_ motion: Motion, _ value: (Placement) -> Float) -> Float {
      guard let all = path[motion], let first = all.first, let last = all.last else { return .nan }
      return value(last) - value(first)
    }
    #expect(ends(.left) { $0.center.x } < -0.3 && ends(.right) { $0.center.x } > 0.3)
    #expect(ends(.up) { $0.center.y } < -0.3 && ends(.down) { $0.center.y } > 0.3)
    #expect(ends(.growing) { $0.size } > 0.5 && ends(.shrinking) { $0.size } < -0.5)
    #expect(abs(ends(.spinning) { $0.angle } - 2 * .pi * 15 / 16) < 1e-4)
    #expect(abs(ends(.bouncing) { $0.center.y }) < 1e-3)
    #expect(path[.still].map { $0.allSatisfy { $0 == path[.still]?.first } } == true)
    // The emoji stays inside, all but the edge of a large one.
    for size in SceneSize.allCases {
      for motion in Motion.allCases {
        for placement in placements(motion, size) {
          let edges = [placement.center.x, placement.center.y].flatMap {
            [$0 - placement.size / 2, $0 + placement.size / 2]
          }
          #expect(edges.allSatisfy { (-0.02...1.02).contains($0) } || size == .large, "\(motion) \(size)")
        }
      }
    }
  }

  @Test("A gradient runs from its upper to its lower colour")
  func gradient() throws {
    let background = try #require(Background.all.first { $0.name == "red to yellow gradient" })
    let canvas = Canvas(width: 8, height: 100, background: background)
    let (top, bottom) = (canvas[3, 0] - NamedColor.red.value, canvas[3, 99] - NamedColor.yellow.value)
    #expect((top * top).sum() < 1e-3 && (bottom * bottom).sum() < 1e-3)
    let middle = canvas[3, 50] - (NamedColor.red.value + NamedColor.yellow.value) / 2
    #expect((middle * middle).sum() < 1e-3)
  }

  @Test("Bytes and values of a canvas agree")
  func bytes() {
    let bytes: [UInt8] = [0, 1, 127, 128, 254, 255]
    #expect(Canvas(width: 2, height: 1, bytes: bytes).bytes == bytes)
    #expect(Canvas(width: 1, height: 1, values: [-1, 0.5, 2]).bytes == [0, 128, 255])
    #expect(Canvas(width: 1, height: 1, values: [.nan, .infinity, -.infinity]).bytes == [0, 255, 0])
  }
}
