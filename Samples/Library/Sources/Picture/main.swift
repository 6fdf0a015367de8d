import Foundation
import NegativeSpace

// The folder of the models: the first argument, or the repository's.
let shipped = URL(fileURLWithPath: "../../../../Models", relativeTo: URL(fileURLWithPath: #filePath)).absoluteURL.path
let models = CommandLine.arguments.dropFirst().first ?? shipped

let model = try DiffusionModel(path: models + "/emoji-image")
var request = GenerationRequest(prompt: "a red apple on a yellow background")
request.seed = 7
try model.write(request, to: "apple.png")
