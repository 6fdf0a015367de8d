import Foundation
import NegativeSpace

// The folder of the models: the first argument, or the repository's.
let shipped = URL(fileURLWithPath: "../../../../Models", relativeTo: URL(fileURLWithPath: #filePath)).absoluteURL.path
let models = CommandLine.arguments.dropFirst().first ?? shipped

let model = try DiffusionModel(path: models + "/emoji-image")
let reward = RewardName(.quality, path: models + "/emoji-reward")
let prompts = ["a red apple on a yellow background", "a dog face on a blue background", "a rocket"]

// A taste of it, in seconds; docs/reneg.md has the settings of the negative that ships.
var settings = ReNegSettings(for: model)
(settings.samplingSteps, settings.batch) = (6, 2)
let task = try ReNegLearning(model: model, prompts: prompts, validation: prompts, rewards: [reward], settings: settings)
let learned = try task.run(ReNegPlan(folder: "learned", steps: 4)) { print("step", $0.step, "of", $0.steps) }
try learned.embedding.write(to: "learned.safetensors")

var request = GenerationRequest(prompt: "a unicorn on a blue background")
request.negativeEmbeddings = [FileReference(learned.embedding)]
try model.write(request, to: "unicorn.png")
