import Foundation
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

/// Single-file checkpoints from the outside: `model inspect`, `model convert`, `image`, `reproduce`.
struct SingleFileTests {
  private static let checkpoint = Program.models + "/checkpoints/sd1.ckpt"
  private static let tokenizer = Program.image + "/tokenizer"

  @Test func `A single file is described without a tokenizer`() throws {
    let outcome = try Program.run(["model", "inspect", Self.checkpoint])
    #expect(outcome.status == 0, "\(outcome.errors)")
    for fact in [
      "StableDiffusionPipeline, makes pictures, in one file", "text states of width 128", "2×2 pixels a latent",
      "823,684 parameters, F16", "predicts epsilon", "missing: tokenizer (name one with --tokenizer)",
      "averaged weights, used with --ema (210)",
    ] { #expect(outcome.output.contains(fact), "\(fact)") }
  }

  @Test func `It makes the same latents as the folder that it is converted to, and is reproduced`() throws {
    try Program.withFolder { folder in
      let converted = folder + "/converted"
      let conversion = try Program.run(
        ["model", "convert", Self.checkpoint, "-o", converted, "--tokenizer", Self.tokenizer])
      #expect(conversion.status == 0 && conversion.output == converted + "\n", "\(conversion.errors)")
      let settings = [
        "--sampler", "ddim", "--steps", "2", "-W", "16", "-H", "16", "--dtype", "float32", "--scale", "1",
      ]
      var latents: [[Float]] = []
      for (name, model) in [("a", [Self.checkpoint, "--tokenizer", Self.tokenizer]), ("b", [converted])] {
        let (picture, file) = ("\(folder)/\(name).png", "\(folder)/\(name).safetensors")
        let made = try Program.run(
          ["image", "a red apple", "-o", picture, "--save-latents", file, "-m"] + model + settings)
        #expect(made.status == 0, "\(made.errors)")
        latents.append(try #require(try TensorFile(path: file).tensors["latents"]).floats)
        let again = try Program.run(["reproduce", picture])
        #expect(again.output == "identical\n", "\(again.errors)")
      }
      #expect(latents[0] == latents[1])
      let second = try Program.run(["model", "convert", Self.checkpoint, "-o", converted])
      #expect(second.status == 1)
      #expect(second.errors == "Error: \(converted) cannot be written: it is there already; name a new folder.\n")
    }
  }

  @Test func `What is no model says what it is`() throws {
    try Program.withFolder { folder in
      let page = folder + "/sd15.safetensors"
      try "<!DOCTYPE html><html>".write(toFile: page, atomically: true, encoding: .utf8)
      let outcome = try Program.run(["image", "x", "-m", page], in: folder)
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("Error: \(page) is a web page, which cannot be read."))
      let folderOnly = try Program.run(["image", "x", "-m", Program.image, "--ema"], in: folder)
      #expect(folderOnly.status == 64)
      #expect(folderOnly.errors.hasPrefix("Error: --ema is given for the folder"))
    }
  }
}
