import ArgumentParser
import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceEmojiWorld

/// `negspace train prompts`: prompts for the family, one line each.
struct TrainPromptsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompts",
    abstract: "Print prompts of the shipped family's world, to learn on or to judge by.",
    discussion: """
      Held-out prompts ask for combinations that are in no training picture.

      Examples:
        negspace train prompts --count 400 > prompts.txt
        negspace train prompts --medium video --part held-out --count 64
      """)

  /// Medium that is made of them.
  enum Medium: String, ExpressibleByArgument, CaseIterable { case image, video }

  /// Split of the combinations.
  enum Part: String, ExpressibleByArgument, CaseIterable { case train, heldOut = "held-out" }

  @Option(help: "Whether for pictures or for clips, whose prompts name a motion.")
  var medium = Medium.image

  @Option(help: "train, or held-out.")
  var part = Part.train

  @Option(help: "How many.")
  var count = 1000

  @Option(name: .shortAndLong, parsing: .unconditional, help: "Where the random numbers start.")
  var seed: UInt64 = 9

  func validate() throws {
    guard (1...1_000_000).contains(count) else { throw ValidationError("--count is \(count); expected 1 to 1000000") }
  }

  func run() throws {
    let prompts = FamilyPrompts.prompts(
      medium == .image ? .picture : .clip, split: part == .train ? .train : .test, count: count, seed: seed)
    for prompt in prompts { try Console.result(prompt) }
  }
}
