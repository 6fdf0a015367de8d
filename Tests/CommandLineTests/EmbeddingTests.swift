import Foundation
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

/// Embedding files from the outside.
struct EmbeddingTests {
  @Test func `Embeddings are encoded, looked into, converted, used and made again`() throws {
    try Program.withFolder { folder in
      func run(_ arguments: String...) throws -> Program.Outcome { try Program.run(arguments, in: folder) }
      // An encoded text knows its space.
      #expect(
        try run("embedding", "encode", "--model", Program.image, "blurred", "-o", "blurred.safetensors").status == 0)
      let inspected = try run("embedding", "inspect", "blurred.safetensors", "--model", Program.video)
      #expect(inspected.status == 0, "\(inspected.errors)")
      #expect(inspected.output.contains("  text space: tiny-image (width 32, 77 rows, layer 3 of 3, normed)\n"))
      #expect(
        inspected.output.hasSuffix("Fits \(Program.video): its text space is the same as the model's, 0.0 % apart.\n"))

      let bare = try run("embedding", "convert", "blurred.safetensors", "bare.safetensors")
      #expect(bare.status == 0, "\(bare.errors)")
      #expect(try TensorFile(path: folder + "/bare.safetensors").metadata.isEmpty)
      let again = try run("embedding", "inspect", "bare.safetensors", "--model", Program.image)
      #expect(again.output.contains("the file does not say which text space it is"))

      try TensorFile(["emb_params": .zeros([2, 32])]).write(to: folder + "/word.safetensors")
      let made = try run(
        "image", "a (sour:1.2) apple", "-m", Program.image, "--steps", "1", "-o", "x.png", "--negative-embedding",
        "blurred.safetensors:0.5", "--embedding", "word.safetensors=sour", "--prompt-weighting", "a1111")
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("Embedding word.safetensors ("))
      #expect(made.errors.contains("weight 0.5, of the space of tiny-image"))
      let info = try run("info", "x.png")
      #expect(info.output.contains("Embedding: \"sour=word.safetensors: "))
      #expect(try run("reproduce", "x.png", "-q").output == "identical\n")
      try TensorFile(["emb_params": Tensor(repeating: 1, shape: [2, 32])]).write(to: folder + "/word.safetensors")
      let changed = try run("reproduce", "x.png", "-q")
      #expect(changed.status == 1)
      #expect(changed.errors.contains("not used: it has changed"))
    }
  }

  @Test func `What does not fit ends with status 1`() throws {
    try Program.withFolder { folder in
      try TensorFile(["negative_prompt_embeds": .zeros([1, 77, 768])]).write(to: folder + "/wide.safetensors")
      let wide = try Program.run(["embedding", "inspect", "wide.safetensors", "-m", Program.image], in: folder)
      #expect(wide.status == 1)
      #expect(wide.errors.contains("it belongs to another text encoder"))
      #expect(try Program.run(["embedding", "inspect", "wide.safetensors"], in: folder).status == 0)

      try TensorFile(["x": .zeros([76, 32])]).write(to: folder + "/unclear.safetensors")
      for arguments in [["inspect", "unclear.safetensors"], ["convert", "unclear.safetensors", "out.safetensors"]] {
        let unclear = try Program.run(["embedding"] + arguments, in: folder)
        #expect(unclear.status == 1)
        #expect(unclear.errors.contains("it cannot be told what x [76, 32] is"))
      }
      #expect(try Program.contents(folder) == ["unclear.safetensors", "wide.safetensors"])
    }
  }
}
