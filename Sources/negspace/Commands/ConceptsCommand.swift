import ArgumentParser
import NegativeSpacePipelines

/// `negspace concepts`: the words that a model knows.
struct ConceptsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "concepts", abstract: "List the words that a model knows, where it declares them.",
    discussion: """
      The family that ships does, in vocabulary.json of its folders: concepts by group, and in brackets what else they are called by \
      the model or by people; backgrounds, sizes, places, motions, and remarks. Other models know too many words to declare them.

      Examples:
        negspace concepts
        negspace concepts --json
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A model's folder. (default: Models/emoji-video)", valueName: "path"), completion: .directory)
  var model: String?

  @Flag(help: "Print the vocabulary as JSON.")
  var json = false

  func run() throws {
    let folder = try model.map(located) ?? DefaultModel.folder(DefaultModel.name(.video))
    guard let vocabulary = try ModelVocabulary(folder: folder) else {
      _ = try existingKind(folder)
      throw ModelError.unreadable(
        path: folder, reason: "it declares no words (vocabulary.json); a model that does knows few, others know most")
    }
    if json { return try Console.result(json: vocabulary) }
    for group in vocabulary.groups {
      let names = group.terms.map { term in
        let notes = [
          term.also.isEmpty ? nil : "also " + term.also.joined(separator: ", "),
          term.instead.isEmpty ? nil : "for " + term.instead.joined(separator: ", "),
        ].compactMap { $0 }
        return term.name + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
      }
      try Console.result("\(group.title): \(names.joined(separator: ", "))")
    }
  }
}
