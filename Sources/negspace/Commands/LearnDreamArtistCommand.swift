import ArgumentParser
import Foundation
import NegativeSpaceLearning
import NegativeSpacePipelines

/// `negspace learn dreamartist`: a word to say and a word to avoid from one picture.
struct LearnDreamArtistCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dreamartist",
    abstract: "Learn a word to say and a word to avoid from one picture, or a few (DreamArtist, arXiv:2211.11337).",
    discussion: """
      A step noises the picture, asks the model with a text that says the one word and with one that says the other, guides as \
      generation does, and moves both so that the guided prediction is the right one. Nothing of the model changes. The words are \
      written into the folder --output, which --embedding takes as a whole: negspace image "<it> on a red background" -n "<it>-neg" \
      --embedding it. The run keeps its state in --run and goes on from there when it is started again.

      Examples:
        negspace learn dreamartist pear.png --token "<pear>" -o pear
        negspace image "a <pear> on a red background" -n "<pear>-neg" --embedding pear
      """)

  @Argument(
    help: ArgumentHelp("Picture files; their middle is taken, at the model's size.", valueName: "picture"),
    completion: .file())
  var pictures: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A model folder in diffusers' layout, or a single file, of pictures. (default: Models/emoji-image)",
      valueName: "path"), completion: .file())
  var model: String?

  @Option(help: "The word to say; the word to avoid has -neg behind it.")
  var token: String

  @Option(
    help: ArgumentHelp(
      "A grey picture of what counts, as large as the picture: black not, grey 127 once, white five times; one for each picture, in order.",
      valueName: "file"), completion: .file())
  var attention: [String] = []

  @OptionGroup(title: "How") var words: DreamArtistOptions

  @Option(help: "Optimiser steps.")
  var steps = 1000
  @Option(help: "The learning rate of the word to say.")
  var rate: Float = 3e-3
  @Option(help: "The learning rate of the word to avoid. (default: the same)")
  var negativeRate: Float?
  @Option(help: "With --lora-rank: the learning rate of the LoRA that goes with the word to say. (default: 1e-4)")
  var loraRate: Float?
  @Option(help: "With --lora-rank: that of the LoRA that goes with the word to avoid. (default: 4e-5)")
  var negativeLoraRate: Float?
  @Option(help: "Steps between preview sheets.")
  var previewEvery = 250

  @Option(
    name: [.customLong("run")],
    help: ArgumentHelp("The folder of the run's state, log and previews. (default: OUTPUT/run)", valueName: "dir"),
    completion: .directory)
  var folder: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder of both words' files.", valueName: "path"), completion: .file())
  var output: String
  @Option(help: "Whose files: a1111 (emb_params), diffusers (learned_embeds), comfyui.")
  var form = TokenEmbedding.Form.a1111
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    guard !pictures.isEmpty else { throw ValidationError("A picture is missing.") }
    guard attention.isEmpty || attention.count == pictures.count else {
      throw ValidationError(
        "--attention was given \(attention.count) times for \(pictures.count) pictures; give one for each, or none")
    }
    if words.loraRank == 0, loraRate ?? negativeLoraRate != nil {
      throw ValidationError("--\(loraRate == nil ? "negative-" : "")lora-rate has no effect without --lora-rank")
    }
    if words.negativeVectors == 0, negativeRate != nil {
      throw ValidationError("--negative-rate has no effect without a word to avoid, --negative-vectors 0")
    }
  }

  func run() throws {
    let interruption = Interruption()
    try GenerationOutput.checkWritable("\(output)/it")
    try LearnedWords.checkPlace(output, token: token)
    compute.apply()
    let settings = try words.settings()
    let references = try pictures.enumerated().map { index, path in
      try ReferencePicture(contentsOf: path, attention: attention.isEmpty ? nil : attention[index])
    }
    let model = try DiffusionModel(
      path: try model ?? DefaultModel.folder(DefaultModel.name(.image)), dtype: compute.dtype)
    let learning = try DreamArtistLearning(model: model, pictures: references, token: token, settings: settings)
    for note in learning.notes { reporting.note(note) }
    reporting.note(learning.summary)
    let progress = reporting.progress
    var plan = DreamArtistPlan(folder: folder ?? output + "/run", steps: steps)
    (plan.rate, plan.negativeRate, plan.previewEvery) = (rate, negativeRate, previewEvery)
    plan.loraRate = loraRate ?? plan.loraRate
    plan.negativeLoRARate = negativeLoraRate ?? plan.negativeLoRARate
    do {
      let learned = try learning.run(
        plan, report: { progress.update("learning", $0.step, of: $0.steps) }, isCancelled: { interruption.isRaised })
      progress.end()
      let files = try learned.write(to: output, as: form)
      reporting.note(learned.summary)
      try reporting.result(files, step: learned.step)
      if interruption.isRaised {
        reporting.note("Stopped after step \(learned.step) of \(steps); the same command goes on.")
      }
      if learned.negativeLoRA != nil, files.count == 4 {
        reporting.note(
          "Each branch has its LoRA with --lora \(files[2]) --negative-lora \(files[2]):-1 --negative-lora \(files[3])")
      }
    } catch let error as LearningError {
      progress.end()
      guard case .notLearned = error else { throw error }
      reporting.note("\(error)")
    }
    if interruption.isRaised { throw ExitCode(Interruption.status) }
  }
}
