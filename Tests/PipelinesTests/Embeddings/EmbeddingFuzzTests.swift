import Foundation
import NegativeSpaceMedia
import NegativeSpacePipelines
import NegativeSpaceTestSupport
import Testing

/// The readers of pictures that carry embeddings, on files that were damaged at random.
@Suite struct EmbeddingFuzzTests {
  @Test func carriers() throws {
    let names = ["text.png", "strips.png"]
    var fuzzing = try Fuzzing(
      "embedding carriers",
      corpus: try names.map { try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("embeddings/\($0)"))) },
      words: ["sd-ti-embedding", "tEXt", "IEND"])
    try fuzzing.run(file: "carrier.png") { folder in
      _ = try TokenEmbedding.all(contentsOf: folder.path("carrier.png"))
    }
  }

  @Test func carriedTexts() throws {
    let texts = try ContainerMetadata.read(Fixtures.path("embeddings/text.png")).texts
    let json = try #require(texts["sd-ti-embedding"].flatMap { Data(base64Encoded: $0) })
    var fuzzing = try Fuzzing(
      "carried embeddings", corpus: [json],
      words: ["TORCHTENSOR", "string_to_param", "[[", "]", "1e999", "null", "\"*\"", "{", "}"])
    try fuzzing.run(file: "embedding.json") { folder in
      let text = try Data(contentsOf: folder.url.appending(path: "embedding.json")).base64EncodedString()
      let path = folder.path("wrapped.png")
      try Picture(width: 8, height: 8, red: 9, green: 9, blue: 9).write(
        to: path, metadata: ContainerMetadata(texts: ["sd-ti-embedding": text]))
      _ = try TokenEmbedding.all(contentsOf: path)
    }
  }
}
