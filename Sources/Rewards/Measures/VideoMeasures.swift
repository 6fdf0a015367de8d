package import NegativeSpaceTensors

/// Measures of a clip that need no network.
package enum VideoMeasures {
  /// Flicker of the frames: the mean absolute second difference in time, (N, F, H, W, 3) to (N).
  ///
  /// A steady change, a fade say, has none; a value that jumps there and back has most. Clips of fewer than three
  /// frames have 0.
  package static func flicker(_ clips: Tensor) -> Tensor {
    let frames = clips.size(1)
    guard frames > 2 else { return .zeros([clips.size(0)]) }
    let (before, at, after) = (
      clips.slice(axis: 1, from: 0, to: frames - 2), clips.slice(axis: 1, from: 1, to: frames - 1),
      clips.slice(axis: 1, from: 2, to: frames)
    )
    return (before + after - at * 2).abs().mean(axes: Array(1..<clips.rank))
  }

  /// Amount of motion: the mean absolute difference between neighbouring frames, (N, F, H, W, 3) to (N).
  package static func motion(_ clips: Tensor) -> Tensor {
    let frames = clips.size(1)
    guard frames > 1 else { return .zeros([clips.size(0)]) }
    let difference = clips.slice(axis: 1, from: 1, to: frames) - clips.slice(axis: 1, from: 0, to: frames - 1)
    return difference.abs().mean(axes: Array(1..<clips.rank))
  }
}
