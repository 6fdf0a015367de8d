import Foundation
import NegativeSpacePipelines

/// The page of a comparison: one file with everything in it, for a browser of any width.
package struct Report {
  let results: ComparisonResults
  let store: CellStore
  /// Prompts of each model that get pictures.
  let shown: Int
  private let origin: ReportOrigin

  /// - Parameters:
  ///   - folder: the comparison's.
  ///   - shown: number of prompts of each model that are shown with pictures; 0 for none.
  ///   - origin: what stands at its foot.
  /// - Throws: `ModelError.unwritable`.
  package init(_ results: ComparisonResults, folder: String, shown: Int, origin: ReportOrigin = ReportOrigin()) throws {
    (self.results, self.shown, self.origin) = (results, shown, origin)
    store = try CellStore(folder: folder + "/cells")
  }

  /// The whole page.
  ///
  /// - Throws: `MediaError`, `EvaluationError.damagedCell` where a cell cannot be shown.
  package func page() throws -> HTML {
    let models = try results.models.enumerated().map { try section($1, number: $0) }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <title>\(title)</title>
      <style>\(ReportStyle.sheet)</style>
      </head>
      <body>
      <header>
      <h1>\(title)</h1>
      \(results.headlines.map { text -> HTML in "<p class=\"verdict\">\(text)</p>" })
      <p class="lead">\(lead)</p>
      \(links)
      </header>
      <main>
      \(arms)
      \(models)
      </main>
      <footer>\(method)</footer>
      <script>\(ReportStyle.script)</script>
      </body>
      </html>

      """
  }

  /// Nothing from elsewhere, and no script but ours, whatever a prompt says.
  private static var policy: String {
    "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; "
      + "script-src 'sha256-\(ReportStyle.scriptHash)'"
  }

  private var title: String {
    guard results.models.allSatisfy({ $0.baseline == results.baseline }) else {
      return results.arms.map(\.name).joined(separator: ", ")
    }
    let others = results.arms.map(\.name).filter { $0 != results.baseline }
    return "\(others.joined(separator: ", ")) against \(results.baseline)"
  }

  private var lead: String {
    let cells = results.models.reduce(0) { $0 + $1.prompts.count * $1.seeds * results.arms.count }
    let models = results.models.map(\.name).joined(separator: ", ")
    return "\(results.arms.count) negatives on \(models): \(cells) results, made from the same noise arm by arm."
  }

  private var links: HTML {
    guard results.models.count > 1 else { return "" }
    let items = results.models.enumerated().map { number, model -> HTML in
      "<a href=\"#model-\(number)\">\(model.name)</a> "
    }
    return "<nav>\(items)</nav>"
  }

  private var arms: HTML {
    let items = results.arms.enumerated().map { number, arm -> HTML in
      let models = results.models.filter { $0.baseline == arm.name }
      let all = models.count == results.models.count
      let role: HTML =
        models.isEmpty
        ? "" : " <span class=\"quiet\">baseline\(all ? "" : " on \(models.map(\.name).joined(separator: ", "))")</span>"
      return "<dt><i class=\"dot arm-\(number % 6)\"></i>\(arm.name)\(role)</dt><dd>\(arm.summary)</dd>\n"
    }
    return "<section class=\"card\"><h2>What is avoided</h2><dl>\(items)</dl></section>"
  }

  private func section(_ model: ModelResults, number: Int) throws -> HTML {
    let settings = model.settings.map { setting -> HTML in
      "<span><b>\(setting.name)</b> \(setting.value)</span> "
    }
    return """
      <section id="model-\(number)">
      <h2>\(model.name)</h2>
      <p class="settings">\(settings)<span><b>prompts</b> \(model.prompts.count) × \(model.seeds) \
      \(model.seeds == 1 ? "seed" : "seeds")</span></p>
      <div class="scores">\(model.tables.map { ReportTable(results, model, $0).html })</div>
      \(try ReportPictures(results, model, store: store, shown: shown).html)
      \(ReportPrompts(results, model).html)
      </section>

      """
  }

  private var command: HTML {
    guard let command = origin.command else { return "" }
    return "<p>Made by: <code>\(command)</code></p>"
  }

  private var method: HTML {
    """
    <p>Intervals of means and differences hold with 95 %: percentile bootstrap over prompts, and over the seeds within each; every \
    prompt counts the same. Differences are taken pair by pair: same model, prompt and noise. Wins are the share of pairs that are better \
    than the baseline’s, equal ones as half (below it: pairs better–equal–worse), with Wilson’s interval for as many observations as there are prompts. An interval \
    that leaves out 0 (for wins, 50 %) is marked ▲ or ▼. Many intervals side by side: one in twenty misses by chance.</p>
    <p>negspace \(results.version), \(origin.dateText). The numbers of every picture are in results.csv, the tables in results.json.</p>
    \(command)
    """
  }
}
