import NegativeSpacePipelines
import Testing

@testable import negspace

struct OptionSpellingTests {
  @Test func `Every field of a request, of a model and of a ControlNet is an option that exists`() throws {
    let help = try ["image", "video", "compare"].flatMap {
      try Program.run([$0, "--help-hidden"], in: ".").output.split { !$0.isLetter && !$0.isNumber && $0 != "-" }
    }
    let fields =
      GenerationRequest.CodingKeys.allCases.map { RequestField($0) }
      + RequestField.Companion.allCases.map { RequestField($0) }
    for field in fields {
      let option = OptionSpelling.option(field)
      #expect(help.contains { $0 == option }, "\(field.name) is no \(option)")
    }
  }

  @Test func `A text keeps what names no field`() {
    #expect(
      OptionSpelling.spelled("`steps` of `embedding encode`, `x` and `") == "--steps of `embedding encode`, `x` and `")
    #expect(
      OptionSpelling.message(RequestError(.loras, found: "b", expected: "\(field: .controlImage) x"))
        == "--lora is b; expected --control-image x.")
  }
}
