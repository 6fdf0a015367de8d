import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceWeights
import NegativeSpaceWriters
import Testing

@Suite struct NegativeWriterTests {
  private func copy(_ name: String, _ change: (URL) throws -> Void) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let source = URL(fileURLWithPath: try TokenSearchTests.folder(name))
    for file in try FileManager.default.contentsOfDirectory(at: source, includingPropertiesForKeys: nil) {
      try FileManager.default.copyItem(at: file, to: folder.url.appending(path: file.lastPathComponent))
    }
    try change(folder.url)
    return folder
  }

  @Test func `A prompt becomes a list, with its raw text beside it`() throws {
    let writer = try NegativeWriter(path: TokenSearchTests.folder("writer"))
    let written = try writer.write("a red apple on a blue background")
    #expect(written.cleaned == CleanedNegative(written.raw) { writer.tokens(in: $0) })
    #expect(try writer.write("a red apple on a blue background") == written)
    #expect(written.unread.isEmpty)
  }

  @Test func `Of a prompt of 2,000 words the end is not read, and that is said`() throws {
    let writer = try NegativeWriter(path: TokenSearchTests.folder("writer"))
    let written = try writer.write([String](repeating: "apple", count: 2000).joined(separator: " "))
    #expect(written.unread.hasSuffix("apple"))
    #expect(written.notes.contains { $0.contains("did not read") })
  }

  @Test(arguments: ["", " ", "🍎🍏", "красное яблоко", "红色的苹果"]) func `Odd prompts are written for`(prompt: String) throws
  {
    _ = try NegativeWriter(path: TokenSearchTests.folder("writer")).write(prompt)
  }

  /// It holds the table under four names, and the position bias of T5's first files.
  @Test func `A folder of the first kind, with a .bin file, is read`() throws {
    let folder = try copy("old-writer") { url in
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: TokenSearchTests.folder("writer")).appending(path: "spiece.model"),
        to: url.appending(path: "spiece.model"))
      try Data(#"{"extra_ids": 4}"#.utf8).write(to: url.appending(path: "tokenizer_config.json"))
    }
    _ = try NegativeWriter(path: folder.url.path).write("a red apple")
    let weights = try T5Folder(path: folder.url.path).weights()
    #expect(weights.contains("lm_head.weight"))
  }

  @Test func `A folder without a tokenizer is refused`() throws {
    let folder = try copy("writer") { try FileManager.default.removeItem(at: $0.appending(path: "spiece.model")) }
    #expect(throws: TokenizerError.noPieces(folder: folder.url.path)) { try NegativeWriter(path: folder.url.path) }
  }

  @Test func `A vocabulary that does not match is refused with both sizes`() throws {
    let folder = try copy("writer") {
      try Data(#"{"extra_ids": 40}"#.utf8).write(to: $0.appending(path: "tokenizer_config.json"))
    }
    #expect(throws: WriterError.vocabulary(folder: folder.url.path, tokenizer: 96, network: 60)) {
      try NegativeWriter(path: folder.url.path)
    }
  }

  @Test func `Another kind of model is refused`() throws {
    let folder = try copy("writer") {
      try Data(#"{"model_type": "bert"}"#.utf8).write(to: $0.appending(path: "config.json"))
    }
    #expect(throws: WriterError.self) { try NegativeWriter(path: folder.url.path) }
  }
}
