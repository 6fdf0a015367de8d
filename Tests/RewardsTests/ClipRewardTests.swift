import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceRewards

/// Rewards of clips on scenes whose motion is known.
struct ClipRewardTests {
  /// A textured square of 6 pixels that moves by some pixels a frame over a smooth background.
  private func scene(
    step: (rows: Int, columns: Int), frames: Int = 5, boils: Bool = false, flickers: Bool = false
  ) -> Tensor {
    let size = 24
    var values: [Float] = []
    let texture = Formula.tensor("texture", [frames, 6, 6, 3]).floats.map { 0.5 + 0.2 * $0 }
    for frame in 0..<frames {
      for y in 0..<size {
        for x in 0..<size {
          let (row, column) = (y - 4 - frame * step.rows, x - 4 - frame * step.columns)
          let isObject = (0..<6).contains(row) && (0..<6).contains(column)
          for channel in 0..<3 {
            let place = (((boils ? frame : 0) * 6 + row) * 6 + column) * 3 + channel
            let still = 0.2 + 0.3 * Float(y) / Float(size) + (flickers && frame % 2 == 1 ? 0.03 : 0)
            values.append(isObject ? texture[place] : still)
          }
        }
      }
    }
    return Tensor(values, shape: [1, frames, size, size, 3])
  }

  @Test(arguments: [(2, 1), (0, 3), (-1, 2), (3, 0)])
  func `The motion of what moves is found, and undone`(rows: Int, columns: Int) {
    let clip = rows < 0 ? Tensor.reversedInTime(scene(step: (-rows, -columns))) : scene(step: (rows, columns))
    func frame(_ x: Tensor, _ at: Int) -> Tensor {
      x.slice(axis: 1, from: at, to: at + 1).reshaped(Array(x.shape[2...]))
    }
    let moving = 1 - StillPixels.weights(clip)
    let shift = ObjectSteadiness.motion(from: frame(clip, 1), to: frame(clip, 2), frame(moving, 1))
    #expect(shift.rows == rows && shift.columns == columns)
    #expect(ObjectSteadiness()(clip, reference: nil).item > -0.02)
  }

  @Test func `An object that boils is less steady, one that only moves is not`() {
    let (steady, boiling) = (scene(step: (1, 2)), scene(step: (1, 2), boils: true))
    let scores = [steady, boiling].map { ObjectSteadiness()($0, reference: nil).item }
    #expect(scores[0] > scores[1] + 0.05, "\(scores)")
  }

  @Test func `A background that flickers is less steady, whatever moves before it`() {
    let clips = [scene(step: (1, 2)), scene(step: (2, 0)), scene(step: (1, 2), flickers: true)]
    let scores = clips.map { BackgroundSteadiness()($0, reference: nil).item }
    #expect(abs(scores[0]) < 0.003 && abs(scores[1]) < 0.003 && scores[2] < -0.02, "\(scores)")
  }

  @Test func `Motion counts only where it is less than in the clip to compare with`() {
    let (slow, fast) = (scene(step: (0, 1)), scene(step: (0, 3)))
    #expect(KeptMotion()(slow, reference: fast).item < -0.1)
    #expect(KeptMotion()(fast, reference: slow).item == 0)
    #expect(KeptMotion()(slow, reference: nil).item == 0)
  }

  @Test(arguments: ClipRewardName.Kind.allCases)
  func `Gradients are those of finite differences`(kind: ClipRewardName.Kind) {
    let reward = ClipRewardName(kind).reward
    let clip = scene(step: (1, 1), boils: true, flickers: true)
    // Far from where frames are equal, at which magnitudes have no slope.
    let noisy = clip + 0.02 * Formula.tensor("noise", clip.shape)
    // With twice the motion.
    let reference = 2 * noisy
    let leaf = noisy.requiringGradient
    let gradient = reward(leaf, reference: reference).sum().gradients(of: [leaf])[0]
    // Weights are constants in the one and not in the other: for what moves, only pixels whose weight is 1.
    let still = StillPixels.weights(noisy).floats
    let isChanged = still.map { kind != .object || $0 < 1e-4 ? Float(1) : 0 }
    let direction =
      gradient * (1 / (gradient.abs().floats.max() ?? 1)) * Tensor(isChanged, shape: Array(clip.shape.dropLast()) + [1])
    func score(_ step: Float) -> Float { reward(noisy + step * direction, reference: reference).sum().item }
    let slope = (score(1e-4) - score(-1e-4)) / 2e-4
    let expected = (gradient * direction).sum().item
    #expect(abs(slope - expected) < 0.1 * max(abs(expected), 0.05), "\(expected) by gradients, \(slope) by differences")
  }

  @Test func `Names and weights are read`() throws {
    #expect(try ClipRewardName(parsing: "object:0.5") == ClipRewardName(.object, weight: 0.5))
    for text in ["", "speed", "motion:", "motion:x", "motion:1:2", "object:nan"] {
      #expect(throws: RewardError.self) { try ClipRewardName(parsing: text) }
    }
  }
}

extension Tensor {
  /// (B, F, …) with its frames in the other order.
  fileprivate static func reversedInTime(_ clip: Tensor) -> Tensor {
    Tensor.concatenate(
      (0..<clip.size(1)).reversed().map { clip.slice(axis: 1, from: $0, to: $0 + 1) }, axis: 1)
  }
}
