import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines

/// Some prompts of a model with what each arm made of them, side by side.
struct ReportPictures {
  private let results: ComparisonResults
  private let model: ModelResults
  private let store: CellStore
  private let shown: Int
  /// Seeds of a prompt that are shown.
  private static let seeds = 2
  /// Pixels of the longer side, at most.
  private static let side = 320

  init(_ results: ComparisonResults, _ model: ModelResults, store: CellStore, shown: Int) {
    (self.results, self.model, self.store, self.shown) = (results, model, store, shown)
  }

  var html: HTML {
    get throws {
      let choice = ShownPrompts(model, baseline: model.baselineIndex, count: shown)
      guard !choice.places.isEmpty else { return "" }
      let prompts = try choice.places.map { try prompt($0, choice) }
      let seeds = min(Self.seeds, model.seeds)
      let which = model.seeds > seeds ? ", each with its first \(seeds) of \(model.seeds) seeds" : ""
      return """
        <h3>\(model.kind == .video ? "Clips" : "Pictures")</h3>
        <p class="quiet">\(choice.explanation + which).</p>
        <div style='--count:\(results.arms.count)' class="shown">
        \(prompts)
        </div>
        """
    }
  }

  private func prompt(_ place: ShownPrompts.Place, _ choice: ShownPrompts) throws -> HTML {
    let seeds = try model.cells[place.prompt].prefix(Self.seeds).map { cells -> HTML in
      "<div class=\"arms\">\(try cells.indices.map { try figure(cells[$0], arm: $0, place) })</div>\n"
    }
    return """
      <article class="card prompt">
      <h4 dir="auto">\(model.prompts[place.prompt])</h4>
      <p class="quiet">\(choice.note(place))</p>
      \(seeds)
      </article>

      """
  }

  private func figure(_ cell: ModelResults.Cell, arm: Int, _ place: ShownPrompts.Place) throws -> HTML {
    let name = results.arms[arm].name
    let words = "\(model.prompts[place.prompt]), avoiding: \(name)"
    let leading = model.leading?.score
    let score = leading.flatMap { score in
      cell.scores[score.text].map { score.isShare ? ($0 == 1 ? "✓" : "✗") : String(format: "%.3g", $0) }
    }
    let caption: HTML = """
      <figcaption><i class="dot arm-\(arm % 6)"></i>\(name) <span class="quiet">\(score ?? "")</span></figcaption>
      """
    return "<figure>\(try media(cell, words))\(caption)</figure>"
  }

  private func media(_ cell: ModelResults.Cell, _ words: String) throws -> HTML {
    if model.kind == .video {
      let file = store.path(cell.key, "mp4")
      guard let clip = FileManager.default.contents(atPath: file) else { throw EvaluationError.damagedCell(path: file) }
      // The first frame is there before the clip plays, and where it cannot.
      guard let record = store.record(cell.key, isClip: true), let first = try store.frames(cell.key, record).first
      else {
        throw EvaluationError.damagedCell(path: store.path(cell.key, "png"))
      }
      let poster = try encoded(first, cell.key)
      return """
        <video controls loop muted playsinline preload="auto" width="\(first.width)" height="\(first.height)" \
        aria-label="\(words)" poster="data:image/webp;base64,\(poster)" src="data:video/mp4;base64,\(clip.base64EncodedString())"></video>
        """
    }
    let picture = try Picture(contentsOf: store.path(cell.key, "png"))
    return "<img alt=\"\(words)\" loading=\"lazy\" src=\"data:image/webp;base64,\(try encoded(picture, cell.key))\">"
  }

  /// A picture as WebP in base64.
  private func encoded(_ picture: Picture, _ key: String) throws -> String {
    let bytes = try sized(picture).encoded(as: .webp, quality: 82, path: store.path(key, "webp"))
    return Data(bytes).base64EncodedString()
  }

  /// Small pictures enlarged by a whole number, large ones made smaller.
  private func sized(_ picture: Picture) -> Picture {
    let longer = max(picture.width, picture.height)
    if longer * 2 <= Self.side { return picture.scaled(by: Self.side / longer) }
    guard longer > Self.side else { return picture }
    return picture.resized(
      width: max(1, picture.width * Self.side / longer), height: max(1, picture.height * Self.side / longer))
  }
}
