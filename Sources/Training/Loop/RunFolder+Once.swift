import Foundation
package import NegativeSpaceTensors
import NegativeSpaceWeights

extension RunFolder {
  /// What holds for all of a run and is dear to compute: from the folder where it is there, else made and kept.
  ///
  /// - Parameters:
  ///   - name: of the file; one that depends on the settings belongs to `derived` of the folder.
  ///   - shapes: of the tensors; a file that has others, or cannot be read, is made again.
  /// - Throws: what `make` throws, errors in writing.
  package func once(
    _ name: String, shapes: [String: [Int]], _ make: () throws -> [String: Tensor]
  ) throws -> [String: Tensor] {
    let file = "\(path)/\(name)"
    if FileManager.default.fileExists(atPath: file), let kept = try? TensorFile(path: file).tensors,
      kept.mapValues(\.shape) == shapes
    {
      return kept
    }
    let made = try make()
    try TensorFile(made).write(to: file)
    return made
  }
}
