struct TrainingCheckpoint {
  let folder: String
  func restore(into weights: TrainableWeights) throws -> Int? { nil }
  func save(_ weights: TrainableWeights, step: Int) throws {}
}
