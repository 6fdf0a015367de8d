/// A prompt that changes between steps: the A1111 web UI's prompt editing and alternation.
///
/// `[from:to:when]`, `[to:when]` and `[from::when]` change after a step, `[a|b|c]` takes turns from step to step; they
/// nest, also in weights. A number with a point is a share of the steps, one without counts them. Facts:
/// `modules/prompt_parser.py` (`get_learned_conditioning_prompt_schedules`); what does not follow its grammar is text, and
/// a `|` outside of an alternation makes text of the whole prompt, as there.
package struct PromptSchedule: Sendable, Hashable {
  /// A piece of the prompt, in its order.
  enum Piece: Hashable {
    case text(String)
    /// The beginning of a choice.
    case open(Choice)
    /// The end of one branch of the innermost choice, and the beginning of its next.
    case next
    case close
  }

  /// The rule by which a step has one of the branches.
  enum Choice: Hashable {
    /// The branch of a step's turn, of so many.
    case turns(Int)
    /// `[from:to:when]`, whose last branch is the number.
    case change(after: Instant)
    /// `[to:when]`.
    case beginning(after: Instant)
  }

  /// The end of the steps that come before a change.
  enum Instant: Hashable {
    case step(Double)
    case share(Double)

    /// The last step before the change, from 1; below 1 where there is none.
    func last(of steps: Int) -> Int {
      let step =
        switch self {
        case .step(let step): step
        case .share(let share): share * Double(steps)
        }
      return step >= Double(steps) ? steps : step < 1 ? 0 : Int(step)
    }
  }

  private let pieces: [Piece]

  /// Reads a prompt.
  package init(_ prompt: String) {
    var reader = ScheduleReader(prompt)
    pieces = reader.read() ?? [.text(prompt)]
  }

  /// Whether it is another prompt at some steps than at others.
  package var changes: Bool {
    pieces.contains { if case .open = $0 { true } else { false } }
  }

  /// The prompts of a run, each with the last step, from 1, that has it; the steps rise, the last is the run's last.
  ///
  /// - Parameter steps: of the run, at least 1.
  package func prompts(steps: Int) -> [(last: Int, prompt: String)] {
    var ends: Set<Int> = [steps]
    for case .open(let choice) in pieces {
      switch choice {
      case .turns: ends.formUnion(1...steps)
      case .change(let instant), .beginning(let instant): ends.insert(instant.last(of: steps))
      }
    }
    return ends.filter { $0 >= 1 }.sorted().map { ($0, prompt(at: $0, of: steps)) }
  }

  /// The prompt of a step, from 1.
  private func prompt(at step: Int, of steps: Int) -> String {
    var text = ""
    /// The choices around a place: the branch of the place, the branch of this step, and whether those outside are taken.
    var around: [(branch: Int, taken: Int, isOutsideTaken: Bool)] = []
    var isTaken = true
    for piece in pieces {
      switch piece {
      case .text(let plain): if isTaken { text += plain }
      case .open(let choice):
        around.append((0, taken(choice, at: step, of: steps), isTaken))
      case .next: around[around.count - 1].branch += 1
      case .close: isTaken = around.removeLast().isOutsideTaken
      }
      if let inner = around.last { isTaken = inner.isOutsideTaken && inner.branch == inner.taken }
    }
    return text
  }

  /// The branch of a choice that a step has; a number that is no branch where it has none.
  private func taken(_ choice: Choice, at step: Int, of steps: Int) -> Int {
    switch choice {
    case .turns(let count): (step - 1) % count
    case .change(let instant): step <= instant.last(of: steps) ? 0 : 1
    case .beginning(let instant): step <= instant.last(of: steps) ? -1 : 0
    }
  }
}
