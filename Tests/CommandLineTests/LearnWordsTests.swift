import Foundation
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

/// `negspace learn dreamartist` from the outside.
struct LearnWordsTests {
  private static let picture = Program.models + "/start.png"

  private func learn(_ arguments: String..., in folder: String) throws -> Program.Outcome {
    try Program.run(
      ["learn", "dreamartist", Self.picture, "-m", Program.image, "--steps", "2", "--batch", "1", "--dtype", "float32"]
        + arguments, in: folder)
  }

  @Test func `Words are learned, used as a folder, and gone on with`() throws {
    try Program.withFolder { folder in
      let first = try learn("--token", "<it>", "-o", "it", in: folder)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.output == "it/it.safetensors\nit/it-neg.safetensors\n")
      #expect(
        first.errors.contains("Learning \"<it>\" (3 vectors) and \"<it>-neg\" (6) under guidance 3 from start.png."))
      #expect(try TensorFile(path: folder + "/it/it-neg.safetensors").tensors["emb_params"]?.shape == [6, 32])
      let made = try Program.run(
        [
          "image", "a <it> on red", "-n", "<it>-neg", "--embedding", "it", "-m", Program.image, "--steps", "1", "-o",
          "x.png",
        ],
        in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(!made.errors.contains("is in neither prompt"))
      #expect(try Program.run(["reproduce", "x.png", "-q"], in: folder).output == "identical\n")

      let other = try learn("--token", "<it>", "-o", "it", "--guidance-scale", "5", in: folder)
      #expect(other.status == 1)
      #expect(other.errors.contains("guidance is there '3' and here '5'"))
      let again = try learn("--token", "<it>", "-o", "it", "--form", "diffusers", "--steps", "3", in: folder)
      #expect(again.status == 0, "\(again.errors)")
      #expect(try TensorFile(path: folder + "/it/it.safetensors").tensors["<it>"]?.shape == [3, 32])
    }
  }

  static let refused: [(String, Int32, String)] = [
    ("--token <it> --guidance-scale 1", 64, "Error: --guidance-scale is 1; expected above 1"),
    (
      "--token <it> --guidance-scale 1-x", 64,
      "Error: --guidance-scale is \"1-x\"; expected a number such as 3, or a range"
    ),
    ("--token <it> --positive-vectors 80 --template {}", 64, "Error: --positive-vectors is 80; expected at most 75"),
    ("--token <it> --init abcdefghijklmnop", 64, "Error: --init is \"abcdefghijklmnop\" of"),
    ("--token a", 64, "Error: --token is \"a\"; expected a word that the vocabulary does not have as one token"),
    ("--token <it> --template a", 64, "Error: --template is \"a\"; expected {} once"),
    ("--token <it> --negative-vectors 0 --guidance-scale 3", 64, "--guidance-scale says how both words are learned"),
    ("--token <it> --attention MASK", 64, "Error: --attention is "),
    ("--token <it> --attention a --attention b", 64, "--attention was given 2 times for 1 pictures"),
    ("--token <it> --attention missing.png", 1, "missing.png"),
    ("--token <it> --rate 0", 64, "Error: --rate is 0.0; expected a number above 0"),
    ("--token <it> -m VIDEO", 64, "which makes videos; expected a model of pictures"),
    ("", 64, "--token"),
  ]

  @Test(arguments: refused.indices) func `What cannot be learned is refused in one sentence`(_ index: Int) throws {
    let (arguments, status, words) = Self.refused[index]
    try Program.withFolder { folder in
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder + "/broken.png"))
      let mask = Program.models + "/mask.png"
      let own = arguments.split(separator: " ").map {
        String($0).replacing("MASK", with: mask).replacing("VIDEO", with: Program.video)
      }
      let found = try Program.run(
        ["learn", "dreamartist", Program.models + "/control_edges.png", "-o", "it"]
          + (own.contains("-m") ? [] : ["-m", Program.image]) + own, in: folder)
      #expect(found.status == status, "\(arguments): \(found.errors)")
      #expect(found.errors.contains(words), "\(arguments): \(found.errors)")
      let broken = try Program.run(
        ["learn", "dreamartist", "broken.png", "--token", "<it>", "-m", Program.image, "-o", "it"], in: folder)
      #expect(broken.status == 1)
      #expect(broken.errors.contains("broken.png is a text file; expected a PNG"))
      #expect(try Program.contents(folder) == ["broken.png"])
    }
  }
}
