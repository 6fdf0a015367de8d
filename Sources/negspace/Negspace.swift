import ArgumentParser
import Foundation
import NegativeSpaceLearning
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceWriters

/// The command line.
@main
struct Negspace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "negspace",
    abstract: "Text to pictures and videos, and what a diffusion model should avoid.",
    version: ProgramVersion.current + "\n" + ComputeOptions.machine,
    subcommands: [
      VideoCommand.self, ImageCommand.self, NegativeCommand.self, LearnCommand.self, CompareCommand.self,
      ScoreCommand.self,
      EmbeddingCommand.self, ModelCommand.self,
      TrainCommand.self,
      ConceptsCommand.self, InfoCommand.self, ReproduceCommand.self, BenchCommand.self, ManualCommand.self,
    ])

  /// Runs and ends with the status that was promised: 0 done, 1 failed, 64 wrong usage, 130 interrupted.
  static func main() {
    Console.begin()
    if let message = GivenArguments.problem {
      Console.message("Error: \(message)")
      exit(withError: ExitCode.validationFailure)
    }
    let arguments = GivenArguments.joined(Array(CommandLine.arguments.dropFirst()))
    if let message = CommandSuggestion.message(for: arguments, of: Self.self) {
      Console.message("Error: \(message)")
      exit(withError: ExitCode.validationFailure)
    }
    do {
      if let help = try HelpScreen(arguments, columns: Console.columns ?? 80) {
        try Console.result(help.text)
        return
      }
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let error as GenerationError {
      Console.message("\(error)")
      exit(withError: ExitCode(Interruption.status))
    } catch  where isWrongUsage(error) {
      Console.message("Error: \(OptionSpelling.message(error))")
      exit(withError: ExitCode.validationFailure)
    } catch  where exitCode(for: error) == .failure {
      let message = fullMessage(for: error)
      if !message.isEmpty { Console.message(message) }
      exit(withError: ExitCode.failure)
    } catch  where exitCode(for: error) == .success {
      // Help and versions are results.
      do { try Console.result(fullMessage(for: error)) } catch { exit(withError: ExitCode.failure) }
    } catch {
      let message = fullMessage(for: error)
      if !message.isEmpty { Console.message(OptionSuggestion.proposed(message, for: arguments)) }
      exit(withError: exitCode(for: error))
    }
  }

  /// Whether an argument is to blame rather than a file or the machine.
  private static func isWrongUsage(_ error: any Error) -> Bool {
    switch error {
    case is RequestError, LearningError.setting, WriterError.setting: true
    case SamplingError.unknownSampler, SamplingError.unknownSchedule, SamplingError.unsupported, SamplingError.steps,
      SamplingError.tooFewSteps:
      true
    case MediaError.unknownExtension, MediaError.badFrameRate, MediaError.oddSize: true
    default: false
    }
  }
}
