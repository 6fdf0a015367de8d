import NegativeSpaceEvaluation
import Testing

/// Lines of comma-separated values.
struct ResultFileTests {
  @Test(arguments: ["=1+1", "+cmd", "-cmd|x", "@SUM(A1)", "\t=1", "\r=1"])
  func `What a spreadsheet takes for a formula is a text`(_ text: String) {
    let quoted = text.contains("\r") ? "\"'\(text)\"" : "'\(text)"
    #expect(ResultFile.line([text, "b"]) == quoted + ",b\r\n")
    #expect(!ResultFile.line([text, "b"], isNeutral: false).contains("'"))
  }

  @Test func `Numbers and other texts stay as they are`() {
    #expect(ResultFile.line(["-0.5", "+3", "a=b", "", "1e-5"]) == "-0.5,+3,a=b,,1e-5\r\n")
    #expect(ResultFile.line(["a \"b\", c", "d\ne"]) == "\"a \"\"b\"\", c\",\"d\ne\"\r\n")
  }
}
