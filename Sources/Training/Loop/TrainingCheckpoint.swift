import Foundation
package import NegativeSpaceTensors
import NegativeSpaceWeights

/// The whole state of a run in one file: masters, optimiser moments, average and the number of steps done.
///
/// Keys are `weight/…`, `average/…` and those of the moments (`m/…`, `v/…`, `r/…`, `c/…`) followed by the parameter's name.
package struct TrainingCheckpoint {
  /// The file.
  package let path: String

  package init(folder: String) { path = folder + "/checkpoint.safetensors" }

  /// The one that was best in validation.
  package init(bestIn folder: String) { path = folder + "/best.safetensors" }

  /// Fills `weights` from the file.
  ///
  /// - Parameter optimizer: what goes on from there.
  /// - Returns: the number of steps done; nil when there is no file yet.
  func restore(into weights: TrainableWeights, for optimizer: Optimizer) throws -> Int? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try TensorFile(path: path)
    guard let step = file.metadata["step"].flatMap(Int.init), step >= 0 else {
      throw TrainingError.checkpoint(path: path, problem: "it does not say at which step it was written")
    }
    for (key, value) in file.tensors where key.hasPrefix("weight/") {
      let name = String(key.dropFirst("weight/".count))
      let moments = Moment.allCases.reduce(into: [:]) { $0[$1] = file.tensors["\($1.rawValue)/\(name)"] }
      guard let average = file.tensors["average/" + name], average.shape == value.shape,
        // Nothing is remembered of what has not moved yet, or stays as it is.
        step == 0 || !weights.learns(name)
          || optimizer.moments(of: value.shape).allSatisfy({ moments[$0]?.shape == $0.shape(beside: value.shape) })
      else {
        throw TrainingError.checkpoint(
          path: path, problem: "the optimiser's state of '\(name)' is missing or misshapen")
      }
      weights.restore(name, Parameter(value: value, moments: moments, average: average))
    }
    return step
  }

  /// Whether it holds weights that no step of this run has changed yet.
  package var isOfNoStep: Bool { (try? openTensorFile(path).metadata["step"]) == "0" }

  /// The value that was best so far, and when; nil when there is none yet.
  package func best() -> (value: Float, step: Int)? {
    guard let metadata = try? openTensorFile(path).metadata, let value = metadata["value"].flatMap(Float.init),
      let step = metadata["step"].flatMap(Int.init)
    else { return nil }
    return (value, step)
  }

  /// - Parameter value: its figure in validation, where that decides.
  package func save(_ parameters: [String: Parameter], step: Int, value: Float? = nil) throws {
    var tensors: [String: Tensor] = [:]
    for (name, parameter) in parameters {
      tensors["weight/" + name] = parameter.value
      for (moment, tensor) in parameter.moments { tensors["\(moment.rawValue)/\(name)"] = tensor }
      tensors["average/" + name] = parameter.average
    }
    let metadata = ["step": "\(step)", "value": value.map { "\($0)" }].compactMapValues { $0 }
    try TensorFile(tensors, metadata: metadata).write(to: path)
  }

  /// The averaged weights of a run, by parameter name, and its number of steps.
  package static func averages(folder: String) throws -> (tensors: [String: Tensor], step: Int) {
    try TrainingCheckpoint(folder: folder).averages()
  }

  /// The averaged weights, by parameter name, and the number of steps.
  package func averages() throws -> (tensors: [String: Tensor], step: Int) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw TrainingError.missingInput("there is no checkpoint at \(path); train this part first")
    }
    let file = try TensorFile(path: path)
    let prefix = "average/"
    let pairs = file.tensors.filter { $0.key.hasPrefix(prefix) }.map {
      (String($0.key.dropFirst(prefix.count)), $0.value)
    }
    return (Dictionary(uniqueKeysWithValues: pairs), file.metadata["step"].flatMap(Int.init) ?? 0)
  }
}
