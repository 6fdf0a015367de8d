import Foundation
import NegativeSpace

// The folder of the models: the first argument, or the repository's.
let shipped = URL(fileURLWithPath: "../../../../Models", relativeTo: URL(fileURLWithPath: #filePath)).absoluteURL.path
let models = CommandLine.arguments.dropFirst().first ?? shipped

let model = try DiffusionModel(path: models + "/emoji-video")
try model.write(GenerationRequest(prompt: "a red apple bouncing on a yellow background"), to: "apple.mp4") { event in
  if case .step(let step) = event { print("step", step.index + 1, "of", step.count) }
}
