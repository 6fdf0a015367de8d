extension TimestepSpacing {
  /// Falling timesteps of training for each step, not rounded when spaced linearly (Euler's; DDIM rounds them).
  ///
  /// `offset` applies to `leading` only.
  func timesteps(_ steps: Int, of trainTimesteps: Int, offset: Int) -> [Double] {
    switch self {
    case .linspace:
      return evenlySpaced(0, Double(trainTimesteps - 1), steps).reversed()
    case .leading:
      let ratio = trainTimesteps / steps
      return (0..<steps).reversed().map { Double($0 * ratio + offset) }
    case .trailing:
      return Self.trailing(steps, from: trainTimesteps, of: trainTimesteps)
    }
  }

  /// The same for DPM-Solver and UniPC, which cut the schedule into one piece more and leave out the lowest point.
  ///
  /// `last` is the number of timesteps that are not clipped away at the noisy end.
  func solverTimesteps(_ steps: Int, last: Int, of trainTimesteps: Int, offset: Int) -> [Double] {
    switch self {
    case .linspace:
      let points = evenlySpaced(0, Double(last - 1), steps + 1)
      return points.dropFirst().reversed().map { $0.rounded(.toNearestOrEven) }
    case .leading:
      let ratio = last / (steps + 1)
      return (1...steps).reversed().map { Double($0 * ratio + offset) }
    case .trailing:
      return Self.trailing(steps, from: last, of: trainTimesteps)
    }
  }

  /// Counted down from the end in equal parts.
  ///
  /// For some numbers of steps (61, 103, …) rounding gives `numpy.arange`, and so diffusers, one more timestep, which
  /// is −1; it is left out here.
  private static func trailing(_ steps: Int, from last: Int, of trainTimesteps: Int) -> [Double] {
    let ratio = Double(trainTimesteps) / Double(steps)
    let stride = (Double(last) - ratio) - Double(last)
    return (0..<steps)
      .map { (Double(last) + Double($0) * stride).rounded(.toNearestOrEven) - 1 }
      .filter { $0 >= 0 }
  }
}
