import ArgumentParser
import NegativeSpaceEmojiFamily
import NegativeSpaceKernels

/// `negspace train`: makes the family that ships in `Models/` anew, part by part.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train, judge and export the model family that ships in Models/.",
    subcommands: [
      TrainPartCommand.self, TrainEvaluateCommand.self, TrainExportCommand.self, TrainImportCommand.self,
      TrainPromptsCommand.self,
    ],
    defaultSubcommand: TrainPartCommand.self)
}

extension FamilyPart: ExpressibleByArgument {}
extension DataType: ExpressibleByArgument {}
