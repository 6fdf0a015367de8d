extension ComparisonResults {
  /// Writes `results.csv` with a line for each picture or clip, `results.json` with the tables, and `report.html`, a
  /// page to look at.
  ///
  /// - Parameters:
  ///   - folder: the comparison's, in which its pictures and clips are.
  ///   - shown: prompts of each model that the page shows with pictures: the best, the middle and the worst; 0 for
  ///     none.
  ///   - origin: what stands at the page's foot.
  ///   - isNeutral: whether a ' stands before texts in results.csv that a spreadsheet would take for formulas.
  /// - Throws: `ModelError.unwritable`, `EvaluationError.damagedCell`, errors in a picture.
  public func write(to folder: String, shown: Int = 9, origin: ReportOrigin = ReportOrigin(), isNeutral: Bool = true)
    throws
  {
    let json = try ResultFile.json(self)
    try ResultFile.write(csv(isNeutral: isNeutral), to: folder + "/results.csv")
    try ResultFile.write(json, to: folder + "/results.json")
    let page = try Report(self, folder: folder, shown: shown, origin: origin).page()
    try ResultFile.write(page.text, to: folder + "/report.html")
  }
}
