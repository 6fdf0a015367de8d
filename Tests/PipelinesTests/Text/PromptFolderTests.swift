import Foundation
import Testing

@testable import NegativeSpacePipelines

/// LoRAs and words that a prompt names by their files, and what is said of other programs' syntax.
struct PromptFolderTests {
  private func withFolder<Result>(_ files: [String], _ body: (String) throws -> Result) throws -> Result {
    let folder = Fixtures.temporary("named")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for file in files {
      let url = URL(fileURLWithPath: "\(folder)/\(file)")
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
    }
    return try body(folder)
  }

  @Test func `LoRAs are taken out of the prompt with their scales`() throws {
    try withFolder(["a.safetensors", "more/b b.pt", "notes.txt"]) { folder in
      let found = try PromptFolder(loras: folder).loras(in: "x <lora:a:0.8>, <lora:b b> y<lora:a:-1:0.5>")
      #expect(found.prompt == "x ,  y")
      #expect(
        found.loras == [
          FileReference(path: folder + "/a.safetensors", weight: 0.8),
          FileReference(path: folder + "/more/b b.pt", weight: 1),
          FileReference(path: folder + "/a.safetensors", weight: -1),
        ])
      let missing = #expect(throws: RequestError.self) { try PromptFolder(loras: folder).loras(in: "<lora:c:1>") }
      #expect(missing?.expected.contains("a, b b") == true)
      #expect(throws: RequestError.self) { try PromptFolder(loras: folder).loras(in: "<lora:a:much>") }
    }
    try withFolder(["one/a.pt", "two/a.pt"]) { folder in
      let both = #expect(throws: RequestError.self) { try PromptFolder(loras: folder).loras(in: "<lora:a:1>") }
      #expect(both?.found.contains("one/a.pt") == true && both?.found.contains("two/a.pt") == true)
    }
  }

  @Test func `Words are found whole, in either prompt and any case`() throws {
    try withFolder(["bad-hands.pt", "cat.safetensors", "sub/dog.png", "x.txt"]) { folder throws in
      func names(_ prompts: String...) throws -> [String?] {
        try PromptFolder(embeddings: folder).embeddings(in: prompts).map(\.token)
      }
      #expect(try names("a CAT, sitting", "(bad-hands)") == ["bad-hands", "cat"])
      #expect(try names("concatenated cats", "a dogma") == [])
      #expect(try names("dog") == ["dog"])
    }
  }

  /// A pair of DreamArtist's: its words differ by their ends alone.
  @Test func `A file's own word in angle brackets goes before its name`() throws {
    try withFolder([]) { folder in
      for (file, token) in [("it", "<it>"), ("avoid", "<it>-neg"), ("other", "plain")] {
        let word = TokenEmbedding(values: [1, 2], count: 1, width: 2, token: token)
        try word.write(to: "\(folder)/\(file).safetensors", as: .diffusers)
      }
      let words = try PromptFolder(embeddings: folder)
      func files(_ prompts: String...) -> [String] {
        words.embeddings(in: prompts).map { String($0.path.dropFirst(folder.count + 1)) }
      }
      #expect(files("a photo of <it>") == ["it.safetensors"])
      #expect(files("a photo", "<it>-neg") == ["avoid.safetensors"])
      #expect(files("<it>", "<it>-neg") == ["avoid.safetensors", "it.safetensors"])
      #expect(files("look at it", "plain <x>") == ["it.safetensors"])
      #expect(words.embeddings(in: ["<it>"]).map(\.token) == [nil])
    }
  }

  @Test(arguments: [
    ("a <lora:fox:0.8> b", "<lora:fox:0.8>"), ("a [cat:dog:0.5]", "[cat:dog:0.5]"), ("[a|b] c", "[a|b]"),
    ("a __colour__ cat", "__colour__"), ("a (red:1.3) cat", "(red:1.3)"), ("((red)) cat", "((red))"),
  ])
  func `Other programs' syntax is named`(_ prompt: String, _ part: String) throws {
    let warnings = PromptSyntax([prompt], isWeighted: false).warnings
    #expect(warnings.count == 1 && warnings[0].contains(part), "\(warnings)")
  }

  @Test(arguments: ["a red fox (at dusk)", "snake_case__x", "[a photo]", "1 < 2 > 0", "time 10:30 [x]", "\\[a|b\\]"])
  func `Ordinary texts are not`(_ prompt: String) {
    #expect(PromptSyntax([prompt], isWeighted: false).warnings == [])
    #expect(PromptSyntax(["(red:1.3) ((cat))"], isWeighted: true).warnings == [])
    #expect(PromptSyntax(["a cat AND a dog :1.2"], isWeighted: true).warnings.count == 1)
    #expect(PromptSyntax(["cats and dogs", "ANDROID"], isWeighted: true).warnings == [])
  }
}
