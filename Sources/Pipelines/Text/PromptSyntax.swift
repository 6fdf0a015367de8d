import NegativeSpaceText

/// What other programs read in a prompt and this one takes for words: said once, with what to do instead.
package struct PromptSyntax {
  /// Each with an example from the prompts.
  package let warnings: [String]

  /// - Parameter isWeighted: whether brackets have a meaning.
  package init(_ prompts: [String], isWeighted: Bool) {
    func first(_ pattern: some RegexComponent) -> String? {
      for prompt in prompts {
        if let match = prompt.firstMatch(of: pattern) { return String(prompt[match.range]) }
      }
      return nil
    }
    var warnings: [String] = []
    if let found = first(/<(lora|lyco|hypernet):[^<>]+>/.ignoresCase()) {
      warnings.append(
        "\"\(found)\" is read as words. \(field: .loras) takes the file; or name its folder: \(field: .loraModelDir).")
    }
    let edit = /(^|[^\\])\[[^\[\]]*[^\\\[\]](:[^\[\]:]*:\s*[0-9.]+\s*|\|[^\[\]]*)\]/
    if !isWeighted, let found = first(edit) {
      warnings.append(
        "\"\(found)\" is read as words; with \(field: .promptWeighting) a1111 it changes the prompt between steps.")
    } else if isWeighted, let found = prompts.first(where: { $0.contains(edit) && !PromptSchedule($0).changes }) {
      warnings.append(
        "\"\(found)\" has brackets that change between steps, and is read as words all the same: something in it does not "
          + "follow their grammar, such as a | outside of [ | ], or [ | : ].")
    }
    if let found = first(/(^|[\s,(])__[\w\-\/]+__/) {
      warnings.append("\"\(found)\" names a list of words elsewhere; here it is read as words.")
    }
    if !isWeighted, let found = first(/\([^()]+:\s*[0-9.]+\s*\)|\(\([^()]+\)\)/) {
      warnings.append("\"\(found)\" is read as it stands; with \(field: .promptWeighting) a1111 it is a weight.")
    }
    if isWeighted, let found = first(/\w+[\s,]+AND\s+\w+/) {
      warnings.append("\"\(found)\" is read as words: AND does not join prompts here.")
    }
    self.warnings = warnings
  }
}
