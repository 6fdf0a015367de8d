import NegativeSpaceEvaluation
import NegativeSpacePipelines
import NegativeSpaceWriters

/// The words that a writer writes for an arm of a comparison.
struct WrittenArm {
  private let writer: NegativeWriter
  private let name: String

  /// - Throws: `WriterError`, errors in the folder's files.
  init(writer path: String) throws {
    writer = try NegativeWriter(path: locatedWriter(path))
    name = try writer.name
  }

  /// Writes the negative of every prompt, cut to what the models' text encoders take.
  ///
  /// - Throws: `GenerationError.cancelled`, `ModelError`, `WriterError`.
  func write(
    into arm: inout NegativeArm, for models: [ComparedModel], _ options: ModelOptions, _ reporting: ReportingOptions,
    _ interruption: Interruption
  ) throws {
    arm.changes.negativeWriter = name
    for compared in models {
      let model = try DiffusionModel(path: compared.path, options: options, dtype: nil)
      let own = try RunWriter(writer, for: model)
      for prompt in compared.prompts where arm.changes.negativePrompts[prompt] == nil {
        let written = try own.words(
          for: prompt, besides: arm.changes.negativePrompt ?? "", reporting, isCancelled: { interruption.isRaised })
        reporting.detail("\(arm.name): negative prompt for \"\(prompt)\": \"\(written)\"")
        arm.changes.negativePrompts[prompt] = written
      }
    }
  }
}
