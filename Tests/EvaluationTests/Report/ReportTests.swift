import Foundation
import NegativeSpaceEvaluation
import NegativeSpacePipelines
import Testing

struct ReportTests {
  private static let hostile = "</script><script>alert(1)</script><img src=x onerror=\"alert('2')\"> & ünïcode 🍎"

  /// A page of a tiny comparison whose names and prompts try to become markup.
  private func page(_ folder: String, model: String, shown: Int = 9) throws -> String {
    var comparison = Comparison(
      arms: [NegativeArm("none", .empty), NegativeArm("<b>&\"words", .words("\"><script>alert(3)</script>"))],
      models: [ComparedModel("<i>model</i>", path: model, prompts: [Self.hostile, "a red apple", "a dog", "a cat"])],
      folder: folder)
    comparison.judge = model == Fixtures.image ? Fixtures.judge : nil
    comparison.request.steps = 1
    comparison.request.frames = model == Fixtures.video ? 3 : nil
    comparison.dtype = .float32
    let results = try ComparisonRun(comparison).run()
    return try Report(results, folder: folder, shown: shown).page().text
  }

  @Test(arguments: [Fixtures.image, Fixtures.video])
  func `Nothing of a prompt or a name becomes markup`(_ model: String) throws {
    try Fixtures.withFolder { folder in
      let page = try page(folder, model: model)
      #expect(page.components(separatedBy: "<script").count == 2)
      // Into a variable first: a failure must not print the whole page.
      for markup in ["<img src=x", "<b>&", "<i>model", "onerror=\""] {
        let isThere = page.contains(markup)
        #expect(!isThere, "\(markup)")
      }
      for text in ["&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "ünïcode 🍎"] {
        let isThere = page.contains(text)
        #expect(isThere, "\(text)")
      }
    }
  }

  @Test func `The page is one file that asks for nothing else`() throws {
    try Fixtures.withFolder { folder in
      let page = try page(folder, model: Fixtures.video)
      // "nan" in places where numbers stand: plots and tables.
      for word in ["http:", "https:", "src=\"/", "@import", "url(", "=\"nan", ">nan", "inf\""] {
        let isThere = page.contains(word)
        #expect(!isThere, "\(word)")
      }
      let (policy, plot) = (page.contains("default-src &#39;none&#39;; img-src data:"), page.contains("<svg"))
      #expect(policy && plot)
      // Four prompts, two arms, one seed.
      #expect(page.components(separatedBy: "src=\"data:video/mp4;base64,").count == 9)
    }
  }

  @Test func `Only some prompts get pictures, and the page says which`() throws {
    try Fixtures.withFolder { folder in
      let page = try page(folder, model: Fixtures.image, shown: 3)
      #expect(page.components(separatedBy: "src=\"data:image/webp;base64,").count == 7)
      let isSaid = page.contains("3 of 4 prompts, chosen by")
      #expect(isSaid)
      let none = try self.page(folder, model: Fixtures.image, shown: 0)
      #expect(none.components(separatedBy: "data:image").count == 1)
    }
  }

  @Test func `The page says by which command it was made and when`() throws {
    try Fixtures.withFolder { folder in
      let origin = ReportOrigin(
        arguments: ["negspace", "compare", "-n", "words=it's <dark>", "-o", "out"], date: Date(timeIntervalSince1970: 0)
      )
      let results = try tinyResults(folder, gains: [1])
      let page = try Report(results, folder: folder, shown: 0, origin: origin).page().text
      let (command, date) = (
        page.contains("negspace compare -n &#39;words=it&#39;\\&#39;&#39;s &lt;dark&gt;&#39; -o out"),
        page.contains("1970-01-01 00:00:00 UTC")
      )
      #expect(command && date)
    }
  }

  /// Results of two or more arms on six prompts; each later arm gains so much over the first, and a little more or less.
  private func tinyResults(
    _ folder: String, gains: [Double], score: ScoreName = ScoreName("judge quality"), prompts: Int = 6
  ) throws
    -> ComparisonResults
  {
    let comparison = Comparison(
      arms: [NegativeArm("none", .empty)] + gains.indices.map { NegativeArm("arm \($0)", .words("dark")) },
      models: [], folder: folder)
    let cells = (0..<prompts).map { prompt in
      [
        ([0] + gains).enumerated().map { arm, gain in
          ModelResults.Cell(
            key: "k", seed: 0, scores: [score.text: gain + (arm == 0 ? 0 : [-0.1, 0.1][prompt % 2])])
        }
      ]
    }
    let model = ModelResults(
      name: "pictures", path: "p", kind: .image, hash: "", settings: [],
      prompts: (0..<prompts).map { "p\($0)" }, arms: comparison.arms.map(\.name), baseline: 0, names: [score],
      cells: cells)
    return ComparisonResults(comparison, models: [model])
  }

  @Test func `The verdict stands on top`() throws {
    try Fixtures.withFolder { folder in
      let single = try tinyResults(folder, gains: [0.5], prompts: 1).headlines.first ?? ""
      #expect(single.contains("on one prompt") && !single.contains("better"), "\(single)")
      let better = try tinyResults(folder, gains: [0.5, 1]).headlines
      #expect(
        better.first?.hasPrefix("On pictures, by judge quality, “arm 1” is better than “none”: +1.000 (95 %: +0.9")
          == true,
        "\(better)")
      #expect(better.first?.hasSuffix(", and wins 100.0 % of pictures (61.0 to 100.0 %).") == true, "\(better)")
      let none = try tinyResults(folder, gains: [0, -1]).headlines
      #expect(none.first?.contains("“arm 0”, the best of 2, cannot be told from “none”: ") == true, "\(none)")
      let worse = try tinyResults(folder, gains: [-1]).headlines
      #expect(worse.first?.contains("“none” is best; the nearest, “arm 0”, is worse: −1.00") == true, "\(worse)")
    }
  }

  @Test func `A scale of one value has one mark`() {
    #expect(PlotAxis(0, 0).ticks == [0])
    #expect(PlotAxis(0.25, 0.25).ticks == [0.25])
    #expect(PlotAxis(0, 1).ticks == [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1])
  }

  @Test func `The best, the middle and the worst are shown`() {
    #expect(ShownPrompts.spread(0, of: 5).isEmpty)
    #expect(ShownPrompts.spread(1, of: 5) == [0])
    #expect(ShownPrompts.spread(2, of: 5) == [0, 2])
    #expect(ShownPrompts.spread(3, of: 9) == [0, 4, 8])
    #expect(ShownPrompts.spread(9, of: 64) == [0, 1, 2, 30, 31, 32, 61, 62, 63])
    for total in 0...20 {
      for count in 0...total {
        let places = ShownPrompts.spread(count, of: total)
        #expect(places.count == count)
        #expect(Set(places).count == count)
        #expect(places.allSatisfy { (0..<total).contains($0) })
      }
    }
  }
}
