import Foundation
import NegativeSpaceEmojiWorld
import Testing

/// Fixtures/make_damages.py made the reference pictures.
@Suite("Damages")
struct DamageTests {
  private struct Reference: Decodable {
    let width: Int
    let height: Int
    let picture: [UInt8]
    let jpeg: [String: [UInt8]]
    let blur: [Float]
    let warp: [Float]
  }

  private let reference: Reference
  private let picture: Canvas

  init() throws {
    reference = try fixture("damages")
    picture = Canvas(width: reference.width, height: reference.height, bytes: reference.picture)
  }

  /// Pillow's file passes through bytes of luminance and chrominance and an integer transform: a few steps of 255 of
  /// rounding, and a rare coefficient on the border between two steps goes the other way.
  @Test("Crushing looks like the JPEG file of that quality", arguments: [3, 9, 60])
  func jpeg(quality: Int) throws {
    let expected = try #require(reference.jpeg["\(quality)"])
    let actual = picture.crushed(quality: quality).bytes
    let differences = zip(actual, expected).map { abs(Int($0) - Int($1)) }
    let mean = Double(differences.reduce(0, +)) / Double(differences.count)
    #expect(mean < 1.5)
    let far = differences.count { $0 > 8 }
    #expect(far * 50 < differences.count, "\(far) of \(differences.count) differ by more than 8")
  }

  /// So that latents of the smaller picture still tell what the larger one looks like.
  @Test("Grain and blocks grow with the picture", arguments: [DamageKind.noisy, .jpeg])
  func growth(kind: DamageKind) {
    func scene(_ side: Int) -> Canvas {
      let color = { (x: Int, y: Int) in
        SIMD3(0.5 + 0.4 * Float(x) / Float(side), 0.5, 0.5 - 0.4 * Float(y) / Float(side))
      }
      return Canvas(
        width: side, height: side,
        values: (0..<(side * side)).flatMap { place in
          let color = color(place % side, place / side)
          return [color.x, color.y, color.z]
        })
    }
    let damage = Damage(kind, strength: 0.5, seed: 3)
    let (small, large) = (damage.applied(to: scene(64)), damage.applied(to: scene(128)))
    var difference: Float = 0
    for y in 0..<64 {
      for x in 0..<64 {
        let cell = large[2 * x, 2 * y] + large[2 * x + 1, 2 * y] + large[2 * x, 2 * y + 1] + large[2 * x + 1, 2 * y + 1]
        let apart = cell / 4 - small[x, y]
        difference += abs(apart.x) + abs(apart.y) + abs(apart.z)
      }
    }
    #expect(difference / (64 * 64 * 3) < 0.01)
  }

  @Test("Blurring is SciPy's Gaussian filter")
  func blur() {
    let actual = picture.blurred(deviation: 2.5).values
    #expect(actual.count == reference.blur.count)
    #expect(zip(actual, reference.blur).allSatisfy { abs($0 - $1) < 2e-5 })
  }

  @Test("Distorting is PyTorch's grid_sample on the same waves")
  func warp() {
    let actual = picture.distorted(amplitude: 4, wavelength: 30, phase: SIMD2(0.5, 1.2)).values
    #expect(actual.count == reference.warp.count)
    #expect(zip(actual, reference.warp).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test("Pixelating makes squares of the mean colour")
  func pixelated() {
    var canvas = Canvas(width: 5, height: 3)
    for y in 0..<3 {
      for x in 0..<5 { canvas[x, y] = SIMD3(Float(x), Float(y), 1) / 10 }
    }
    let result = canvas.pixelated(block: 2)
    #expect(abs(result[0, 0].x - 0.05) < 1e-6 && abs(result[1, 1].y - 0.05) < 1e-6)
    // The block at the right lower corner is one pixel.
    #expect(abs(result[4, 2].x - 0.4) < 1e-6 && abs(result[4, 2].y - 0.2) < 1e-6)
    #expect(abs(result[2, 1].x - 0.25) < 1e-6 && abs(result[3, 0].x - 0.25) < 1e-6)
  }

  @Test("Every damage is well visible at any strength and stays within 0 and 1", arguments: DamageKind.allCases)
  func visible(kind: DamageKind) {
    let scene = Scene(concept: SyntheticWorld.sheet.concepts[4], background: .plain(.green), size: .large)
    let clean = scene.render(SyntheticWorld.sheet.sprites[4])[0]
    for strength in [0, 0.5, 1] as [Float] {
      let damaged = Damage(kind, strength: strength, seed: 3).applied(to: clean)
      let mean =
        zip(clean.values, damaged.values).reduce(Float(0)) { $0 + abs($1.0 - $1.1) } / Float(clean.values.count)
      #expect(mean > 0.005, "\(kind) of strength \(strength) changes \(mean) on average")
      #expect(damaged.values.allSatisfy { (-1e-6...1.000001).contains($0) })
    }
  }

  @Test("Grain and waves change from frame to frame, the other damages do not")
  func frames() {
    for kind in DamageKind.allCases {
      let damage = Damage(kind, strength: 0.5, seed: 8)
      let changes = damage.applied(to: picture, frame: 0) != damage.applied(to: picture, frame: 1)
      #expect(changes == (kind == .noisy || kind == .distorted), "\(kind)")
      #expect(damage.applied(to: picture, frame: 2) == damage.applied(to: picture, frame: 2))
    }
  }
}
