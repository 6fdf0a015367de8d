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
