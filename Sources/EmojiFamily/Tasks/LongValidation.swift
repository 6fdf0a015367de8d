import NegativeSpaceTraining

/// A task whose validation is a while of its own, in parts.
protocol LongValidation: TrainingTask {
  /// Asked before each part; true ends the validation with `CancellationError`.
  var isCancelled: @Sendable () -> Bool { get set }
}
