import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Learned words as other programs share them: pairs of PyTorch files, pictures that carry them, folders.
///
/// Made with: python Tests/PipelinesTests/Fixtures/make_embeddings.py (torch 2.15, and A1111's own code).
struct EmbeddingCarrierTests {
  @Test(arguments: [("it.pt", "it", 3), ("it-neg.pt", "it-neg", 6), ("text.png", "it", 3), ("strips.png", "it-neg", 6)])
  func `What A1111 writes is read to the bit`(file: String, token: String, count: Int) throws {
    let found = try TokenEmbedding.all(contentsOf: Fixtures.path("embeddings/\(file)"))
    try #require(found.count == 1)
    #expect(found[0].token == token)
    #expect(found[0].values == Formula.tensor("carrier \(token)", [count, 32]).floats)
    #expect(found[0].count == count)
  }

  @Test func `A folder stands for the words in it`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    let folder = Fixtures.path("embeddings")
    var request = GenerationRequest(prompt: "a it on a red background")
    (request.negativePrompt, request.embeddings) = ("a it-neg", [FileReference(path: folder)])
    let resolved = try model.resolve(request)
    #expect(resolved.embeddings.map(\.path) == ["\(folder)/it-neg.pt", "\(folder)/it.pt"])
    #expect(resolved.embeddings.allSatisfy { $0.sha256 != nil })
    let states = try model.promptStates(resolved)
    #expect(states.warnings.isEmpty)
    #expect(states.notes.count == 2)

    request.embeddings = [FileReference(path: folder, token: "x")]
    let named = #expect(throws: RequestError.self) { try model.resolve(request) }
    #expect("\(try #require(named))".contains("the words of a folder have their own tokens"))
    request.embeddings = [FileReference(path: Fixtures.path("tiny-image"))]
    let empty = #expect(throws: RequestError.self) { try model.resolve(request) }
    #expect("\(try #require(empty))".contains("a folder with 0 files of learned words"))

    let run = Fixtures.temporary("run")
    defer { try? FileManager.default.removeItem(atPath: run) }
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    try TensorFile(["word": .zeros([2, 32])]).write(to: run + "/checkpoint.safetensors")
    request.embeddings = [FileReference(path: run)]
    let checkpoint = #expect(throws: RequestError.self) { try model.resolve(request) }
    #expect("\(try #require(checkpoint))".contains("the folder of a run"))
  }

  private func error(of text: String) throws -> String {
    let path = Fixtures.temporary("carrier.png")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Picture(width: 8, height: 8, red: 9, green: 9, blue: 9).write(
      to: path, metadata: ContainerMetadata(texts: ["sd-ti-embedding": text]))
    do {
      _ = try TokenEmbedding.all(contentsOf: path)
      return ""
    } catch { return "\(error)".replacingOccurrences(of: path, with: "FILE") }
  }

  private func encoded(_ json: String) -> String { Data(json.utf8).base64EncodedString() }

  @Test func `Broken carriers are refused with the reason`() throws {
    for (text, words) in [
      ("a", "The note sd-ti-embedding in FILE cannot be read: it is not base64"),
      (encoded("[1]"), "cannot be read: it"),
      (encoded(String(repeating: "[", count: 5000)), "cannot be read: it is not valid JSON"),
      (encoded("{}"), "holds no embedding"),
      (encoded(#"{"string_to_param": {"*": [1]}}"#), "its string_to_param holds no TORCHTENSOR"),
      (encoded(#"{"string_to_param": {"*": {"TORCHTENSOR": [1, 2]}}}"#), "not lists of numbers"),
      (encoded(#"{"string_to_param": {"*": {"TORCHTENSOR": [[1, 2], [3]]}}}"#), "not equally long"),
      (encoded(#"{"string_to_param": {"*": {"TORCHTENSOR": []}}}"#), "not equally long"),
      (encoded(#"{"string_to_param": {"*": {"TORCHTENSOR": [[1, 1e400]]}}}"#), "NaN"),
      (encoded(#"{"string_to_param": {"*": {"TORCHTENSOR": [[1, "a"]]}}}"#), "not lists of numbers"),
    ] {
      let found = try error(of: text)
      #expect(found.contains(words), "\(text.prefix(60)): \(found)")
    }
  }

  @Test func `A picture that carries nothing, or only part of it, is refused`() throws {
    let strips = try Picture(contentsOf: Fixtures.path("embeddings/strips.png"))
    let pictures = [
      Picture(width: 8, height: 8, red: 9, green: 9, blue: 9), Picture(width: 8, height: 8, red: 0, green: 0, blue: 0),
      Picture(width: 1, height: 1, red: 1, green: 1, blue: 1),
      strips.cropped(x: 0, y: 0, width: strips.width - 4, height: strips.height),
      strips.cropped(x: 0, y: 0, width: strips.width, height: strips.height / 2),
      strips.resized(width: strips.width * 2, height: strips.height * 2),
    ]
    for picture in pictures {
      let path = Fixtures.temporary("plain.png")
      defer { try? FileManager.default.removeItem(atPath: path) }
      try picture.write(to: path)
      #expect(throws: EmbeddingError.self) { try TokenEmbedding.all(contentsOf: path) }
    }
  }
}
