import Foundation
import NegativeSpaceEvaluation
import NegativeSpacePipelines
import Testing

struct ArmTests {
  @Test func `Negatives are told apart: nothing, words, a file, a folder`() throws {
    try Fixtures.withFolder { folder in
      let file = folder + "/n.safetensors"
      try Data().write(to: URL(fileURLWithPath: file))
      #expect(try NegativeArm(parsing: "none") == NegativeArm("none", .empty))
      #expect(try NegativeArm(parsing: "nothing=") == NegativeArm("nothing", .empty))
      #expect(try NegativeArm(parsing: "a=none") == NegativeArm("a", .empty))
      #expect(try NegativeArm(parsing: "a=blurry, x=y") == NegativeArm("a", .words("blurry, x=y")))
      #expect(try NegativeArm(parsing: "a=blurry:1.3") == NegativeArm("a", .words("blurry:1.3")))
      #expect(try NegativeArm(parsing: "a=\(file)") == NegativeArm("a", .file(FileReference(path: file))))
      #expect(
        try NegativeArm(parsing: "a=\(file):0.5") == NegativeArm("a", .file(FileReference(path: file, weight: 0.5))))
      #expect(try NegativeArm(parsing: "a=\(folder)") == NegativeArm("a", .folder(FileReference(path: folder))))
    }
  }

  @Test func `A wrong path does not become words`() {
    #expect(throws: ModelError.unreadable(path: "no/n.safetensors", reason: "No such file or directory")) {
      try NegativeArm(parsing: "a=no/n.safetensors:0.5")
    }
    #expect(throws: RequestError.self) { try NegativeArm(parsing: "blurry") }
    #expect(throws: RequestError.self) { try NegativeArm(parsing: "=blurry") }
  }

  @Test func `Names are unique, and known where they are used`() throws {
    var comparison = Comparison(
      arms: [NegativeArm("a", .empty), NegativeArm("a", .words("x"))], models: [], folder: "x")
    #expect(throws: RequestError.self) { try comparison.validate() }
    comparison.arms[1] = NegativeArm("b", .words("x"))
    try comparison.validate()
    comparison.request.seed = -1
    #expect(throws: RequestError.self) { try comparison.validate() }
    #expect(throws: RequestError.self) { try Comparison.index(of: "c", in: ["a", "b"], of: RequestField(.baseline)) }
    #expect(try Comparison.index(of: "b", in: ["a", "b"], of: RequestField(.baseline)) == 1)
  }

  @Test func `Prompts have noise of their own`() {
    var comparison = Comparison(arms: [], models: [], folder: "x")
    comparison.seeds = 4
    comparison.request.seed = 7
    let seeds = (0..<3).flatMap { prompt in (0..<4).map { comparison.seed(prompt: prompt, $0) } }
    #expect(Set(seeds).count == 12)
    #expect(seeds.prefix(5) == [7, 8, 9, 10, 1007])
  }
}
