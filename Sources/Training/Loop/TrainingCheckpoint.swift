import Foundation
import Tensors

/// The state of a run: temporary writer.
struct TrainingCheckpoint {
  let folder: String
  func restore(into weights: TrainableWeights) throws -> Int? { nil }
  func save(_ weights: TrainableWeights, step: Int) throws {
    var header: [String: Any] = ["__metadata__": ["step": "\(step)"]]
    var body = Data()
    for name in weights.parameters.keys.sorted() {
      guard let p = weights.parameters[name] else { continue }
      for (part, t) in [("average", p.average), ("m", p.firstMoment), ("v", p.secondMoment), ("weight", p.value)] {
        header["\(part)/\(name)"] = ["dtype": "F32", "shape": t.shape, "data_offsets": [body.count, body.count + t.count * 4]]
        body.append(Data(bytes: t.pointer, count: t.count * 4))
      }
    }
    var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])
    while json.count % 8 != 0 { json.append(32) }
    var size = UInt64(json.count).littleEndian
    try (Data(bytes: &size, count: 8) + json + body).write(to: URL(fileURLWithPath: folder + "/checkpoint.safetensors"), options: .atomic)
  }
}
