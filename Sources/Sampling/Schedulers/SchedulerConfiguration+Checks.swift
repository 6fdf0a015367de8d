extension SchedulerConfiguration {
  /// Throws unless the schedule can be cut into this many steps.
  func check(steps: Int, for scheduler: String) throws {
    let most = try checkedTrainTimesteps()
    guard (1...most).contains(steps) else { throw SamplingError.steps(asked: steps, most: most) }
    guard (0...most).contains(stepsOffset ?? 0) else {
      throw Self.error("steps_offset", found: "\(stepsOffset ?? 0)", expected: "0 to \(most)")
    }
  }

  /// Throws if a variant that does not exist here is switched on.
  func refuse(_ key: String, _ value: Bool?, for scheduler: String) throws {
    guard value == true else { return }
    throw SamplingError.unsupported(scheduler: scheduler, key: key, value: "true", supported: ["false"])
  }

  /// Throws if the value is none of the supported ones; absent means the default, which always is.
  func require(_ key: String, _ value: String?, in supported: [String], for scheduler: String) throws {
    guard let value, !supported.contains(value) else { return }
    throw SamplingError.unsupported(scheduler: scheduler, key: key, value: value, supported: supported)
  }
}
