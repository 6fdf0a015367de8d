import Foundation
import NegativeSpacePipelines
import Testing

/// The published ReNeg negatives, which lie beside the package on some machines and are not part of it.
struct ReNegTests {
  struct Published: Sendable, CustomTestStringConvertible {
    let name: String
    let rows: Int
    let width: Int
    /// SHA-256 of the numbers as they lie in the file.
    let sha256: String
    var testDescription: String { name }
  }

  static let files = [
    Published(
      name: "sd1.4_reneg_emb.bin", rows: 77, width: 768,
      sha256: "df26d634a2f94ddf82bd80e610c27bbbfd03edb47404ccea988afd40cd1819d1"),
    Published(
      name: "sd1.5_reneg_emb.bin", rows: 77, width: 768,
      sha256: "007e12d6d7b507c06706c5eee7b9c47b56500e4b256c14f44c8a0f7fe39a9a90"),
    Published(
      name: "sd2.1_reneg_emb.bin", rows: 77, width: 1024,
      sha256: "f647ada4d5c42d95f263247a1280fc0fe509370e8a7475abff4aa3fce2f8b9c8"),
    Published(
      name: "pixart-alpha_reneg_emb.bin", rows: 120, width: 4096,
      sha256: "d2e03513c4d7bc78b02337ebc60710fb91520bd7a508f34ed2eed7c974e27410"),
  ]

  private static func path(_ name: String) -> String {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appending(path: "shared/data/reneg/\(name)").path
  }

  /// Whether the files are there, and PyTorch's format is read.
  static let isReadable = files.allSatisfy { (try? EmbeddingInspection(contentsOf: path($0.name))) != nil }

  @Test(.enabled(if: isReadable, "../shared/data/reneg is not there, or .bin files are not read yet"), arguments: files)
  func `A published negative is read to the bit`(_ file: Published) throws {
    let embedding = try NegativeEmbedding(contentsOf: Self.path(file.name))
    #expect(embedding.rows == file.rows)
    #expect(embedding.width == file.width)
    var hash = SHA256()
    hash.update(embedding.values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
    #expect(hash.hexadecimal == file.sha256)
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"))
    var request = GenerationRequest(prompt: "a red apple")
    request.negativeEmbeddings = [FileReference(path: Self.path(file.name))]
    #expect(throws: ModelError.self) { try model.start(request) }
  }
}
