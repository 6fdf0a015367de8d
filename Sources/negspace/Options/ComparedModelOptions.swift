import ArgumentParser
import Foundation
import NegativeSpaceEvaluation
import NegativeSpacePipelines
import NegativeSpaceWeights

/// The models of a comparison, with what belongs to one of them by the model's name: its prompts, its ControlNet, parts
/// of it.
struct ComparedModelOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A model of pictures or videos; repeatable. (default: Models/emoji-image)", valueName: "[name=]path"),
    completion: .file())
  var model: [String] = []

  @Option(name: .shortAndLong, help: "What is to be seen; repeatable.")
  var prompt: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file with one prompt a line, for all models or for the one that is named; - is standard input.",
      valueName: "[model=]file"), completion: .file())
  var promptFile: [String] = []

  @Option(
    help: ArgumentHelp("AnimateDiff's motion for the model of pictures that is named.", valueName: "model=path"),
    completion: .file())
  var motionAdapter: [String] = []

  @Option(
    help: ArgumentHelp("Another autoencoder for the model that is named.", valueName: "model=path"), completion: .file()
  )
  var vae: [String] = []

  @Option(
    help: ArgumentHelp("A LoRA for the model that is named; repeatable.", valueName: "model=file[:scale]"),
    completion: .file())
  var lora: [String] = []

  @Option(help: ArgumentHelp("A ControlNet for the model that is named.", valueName: "model=path"), completion: .file())
  var controlNet: [String] = []

  @Option(
    help: ArgumentHelp(
      "What the ControlNet is shown: a picture, or a folder with one for each prompt, in the order of their names.",
      valueName: "model=path"), completion: .file())
  var controlImage: [String] = []

  @Option(help: ArgumentHelp("Factor of what the ControlNet adds. (default: 1)", valueName: "model=x"))
  var controlStrength: [String] = []

  @Option(help: ArgumentHelp("Show this model's ControlNet the pictures' edges.", valueName: "model"))
  var canny: [String] = []

  /// - Throws: `RequestError`, `ModelError`.
  func models() throws -> [ComparedModel] {
    var models = try named()
    let names = models.map(\.0)
    let prompts = try prompts(names)
    let nets = try values(controlNet, RequestField(.controlNet), names)
    let images = try values(controlImage, RequestField(.controlImage), names)
    let strengths = try values(controlStrength, RequestField(.controlStrength), names)
    let parts = try parts(names)
    for name in canny { _ = try Comparison.index(of: name, in: names, of: RequestField(.canny)) }
    for (field, given) in [
      (RequestField.Companion.controlImage, Array(images.keys)), (.controlStrength, Array(strengths.keys)),
      (.canny, canny),
    ] {
      if let name = given.first(where: { nets[$0] == nil }) {
        throw RequestError(field, found: "for \"\(name)\"", expected: "--control-net \(name)=PATH beside it")
      }
    }
    if models.isEmpty {
      let name = DefaultModel.name(.image)
      models = [(name, try DefaultModel.folder(name))]
    }
    return try models.map { name, path in
      var model = ComparedModel(
        name, path: path, prompts: prompts(name),
        control: try nets[name].map { net in
          guard let image = images[name] else {
            throw RequestError(.controlImage, found: "missing", expected: "a picture: \(name)=FILE")
          }
          return .init(
            net: net, image: image, strength: try strengths[name].map(number) ?? 1, canny: canny.contains(name))
        })
      model.parts = parts[name] ?? ComparedModel.Parts()
      return model
    }
  }

  /// Replacements of and additions to the models' parts, by the models' names.
  private func parts(_ names: [String]) throws -> [String: ComparedModel.Parts] {
    var parts: [String: ComparedModel.Parts] = [:]
    for (name, path) in try values(motionAdapter, RequestField(.motionAdapter), names) {
      parts[name, default: .init()].motionAdapter = try located(path)
    }
    for (name, path) in try values(vae, RequestField(.vae), names) {
      parts[name, default: .init()].vae = try located(path)
    }
    for text in lora {
      let argument = try named(text, RequestField(.loras), names)
      parts[argument.name, default: .init()].loras.append(FileReference(weighted: argument.value))
    }
    return parts
  }

  /// Names and paths; a path without a name is called like its last part.
  private func named() throws -> [(String, String)] {
    try model.map { text in
      if fileKind(text) == nil, let argument = NamedArgument(text) {
        return (argument.name, try located(argument.value))
      }
      return (URL(fileURLWithPath: text).lastPathComponent, try located(text))
    }
  }

  private func number(_ text: String) throws -> Double {
    guard let value = Double(text), value.isFinite else {
      throw RequestError(.controlStrength, found: "\"\(text)\"", expected: "MODEL=X with a number from 0 to 10")
    }
    return value
  }

  /// The values of `MODEL=VALUE` by the models' names, each given once.
  private func values(_ texts: [String], _ field: RequestField, _ names: [String]) throws -> [String: String] {
    var values: [String: String] = [:]
    for text in texts {
      let argument = try named(text, field, names)
      guard values.updateValue(argument.value, forKey: argument.name) == nil else {
        throw RequestError(field, found: "given twice for \"\(argument.name)\"", expected: "one for each model")
      }
    }
    return values
  }

  /// - Throws: `RequestError` where the text is not `MODEL=VALUE`, or there is no such model.
  private func named(_ text: String, _ field: RequestField, _ names: [String]) throws -> NamedArgument {
    guard let argument = NamedArgument(text) else {
      throw RequestError(field, found: "\"\(text)\"", expected: "MODEL=VALUE with the name of a --model")
    }
    _ = try Comparison.index(of: argument.name, in: names, of: field)
    return argument
  }

  /// The prompts of each model by its name.
  private func prompts(_ names: [String]) throws -> (String) -> [String] {
    var common = prompt
    var own: [String: [String]] = [:]
    for text in promptFile {
      if let argument = NamedArgument(text), names.contains(argument.name) {
        own[argument.name, default: []] += try PromptList(path: argument.value).texts
      } else {
        common += try PromptList(path: text).texts
      }
    }
    let without = names.first { own[$0] == nil }
    if common.isEmpty, names.isEmpty || without != nil {
      throw RequestError(
        .prompt, found: "missing", expected: "a prompt, or a list of them with --prompt-file")
    }
    return { own[$0] ?? common }
  }
}
