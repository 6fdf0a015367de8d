import NegativeSpaceEvaluation
import Testing

struct HTMLTests {
  @Test func `Text becomes no markup, in content and in attributes`() {
    let prompt = "<script>alert('x')</script> & \"quotes\" \u{0}\u{1B}\u{85} end"
    let page: HTML = "<p title=\"\(prompt)\">\(prompt)</p>"
    let safe = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quotes&quot; \u{FFFD}\u{FFFD}\u{FFFD} end"
    #expect(page.text == "<p title=\"\(safe)\">\(safe)</p>")
  }

  @Test func `Pieces are put together as they are`() {
    let items: [HTML] = ["<li>\("a<b")</li>", "<li>\(2)</li>"]
    let list: HTML = "<ul>\(items)</ul>"
    #expect(list.text == "<ul><li>a&lt;b</li><li>2</li></ul>")
    #expect(HTML.joined(items).text == "<li>a&lt;b</li><li>2</li>")
  }

  @Test func `Joined characters and other scripts pass unharmed`() {
    let text = "👩‍🚀 café\u{301} العربية e\u{301}<"
    #expect(HTML.escaped(text).text == "👩‍🚀 café\u{301} العربية e\u{301}&lt;")
  }
}
