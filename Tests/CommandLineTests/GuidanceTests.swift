import Foundation
import Testing

/// Rules of guidance and the search for negatives, as they are typed.
struct GuidanceTests {
  private let base = ["a red apple", "-m", Program.image, "--steps", "3", "--dtype", "float32", "-t", "1"]

  @Test func `A picture under rules of guidance and of attention is made again bit for bit`() throws {
    try Program.withFolder { folder in
      for (name, options) in [
        ("rule.png", ["--guidance-rule", "apg", "--guidance-option", "eta=0", "--negative-interval", "0.3,1"]),
        (
          "attention.png",
          ["-n", "blurred", "--guidance-scale", "1", "--attention-negative", "nag", "--attention-option", "nag_tau=2"]
        ),
        ("model.png", ["--negative-model", Program.image]),
      ] {
        let made = try Program.run(["image"] + base + options + ["-o", name], in: folder)
        #expect(made.status == 0, "\(made.errors)")
        let again = try Program.run(["reproduce", name], in: folder)
        #expect(again.status == 0 && again.output.contains("identical"), "\(again.errors)")
      }
      let info = try Program.run(["info", "rule.png"], in: folder).output
      #expect(info.contains("apg") && info.contains("eta"))
    }
  }

  @Test func `A negative searched for each step lies beside its picture, which is made again from it bit for bit`()
    throws
  {
    try Program.withFolder { folder in
      let search = ["--negative-search", "null-tta", "--reward", "sharpness", "--search-steps", "2"]
      let made = try Program.run(["image"] + base + search + ["-o", "found.png"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("found.negatives.safetensors: a negative for each step"))
      let again = try Program.run(["reproduce", "found.png"], in: folder)
      #expect(again.status == 0 && again.output.contains("identical"), "\(again.errors)")

      let replayed = try Program.run(
        ["image"] + base + [
          "--negative-embedding", "found.negatives.safetensors", "--noise", "found.negatives.safetensors:noise",
          "--sampler", "ddim", "--eta", "1", "-o", "replayed.png",
        ], in: folder)
      #expect(replayed.status == 0, "\(replayed.errors)")
      let hashes = try ["found.png", "replayed.png"].map { name in
        let json = try Program.run(["info", name, "--json"], in: folder).output
        return try #require(json.firstMatch(of: /"pixels_sha256" ?: ?"([0-9a-f]+)"/)?.1)
      }
      #expect(hashes[0] == hashes[1])

      let other = try Program.run(
        ["image", "x", "-m", Program.image, "--steps", "5", "--negative-embedding", "found.negatives.safetensors"],
        in: folder)
      #expect(other.status != 0 && other.errors.contains("--interpolate-negative"), "\(other.errors)")
    }
  }

  @Test func `A reward without a gradient is sought by trial`() throws {
    try Program.withFolder { folder in
      let made = try Program.run(
        ["image"] + base + [
          "--negative-search", "null-tta", "--reward", "jpegsize", "--search-slope", "zeroth-order", "--search-steps",
          "1",
          "-o", "x.png",
        ], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(try Program.contents(folder) == ["x.negatives.safetensors", "x.png"])
    }
  }

  @Test(arguments: [
    (["--guidance-rule", "cfg-zero"], "guidance_rule", "cfg_zero_star"),
    (["--guidance-rule", "mambo"], "guidance_rule", "mambo_g"),
    (["--attention-negative", "nag", "--nag-scale", "4", "-n", "blurry"], "nag_scale", "4"),
    (["--attention-negative", "nasa", "--nasa-scale", "0.2", "-n", "blurry"], "nasa_alpha", "0.2"),
    (["--attention-negative", "vsf", "--vsf-scale", "3", "-n", "blurry"], "vsf_scale", "3"),
  ])
  func `Rules and their numbers go by short names too`(options: [String], field: String, value: String) throws {
    try Program.withFolder { folder in
      let made = try Program.run(["image"] + base + options + ["--json", "-o", "x.png"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.output.contains("\"\(field)\" : \"\(value)\""), "\(made.output)")
    }
  }

  @Test(arguments: [
    (["--guidance-rule", "apg", "--guidance-option", "eta=high"], "--guidance-option is eta=high for apg"),
    (["--guidance-rule", "cfg-zer"], "'cfg-zer' is invalid"),
    (["--nag-scale", "1"], "--attention-negative beside it"),
    (["--attention-negative", "nag", "--nag-alpha", "2"], "nag_alpha"),
    (["--negative-search", "null-tta", "--reward", "jpegsize"], "jpegsize, which has no gradient"),
    (["--negative-search", "null-tta", "--search-steps", "5,2"], "--search-steps is 5,2"),
    (["--guidance-option", "eta"], "expected NAME=VALUE"),
    (["--guidance-option", "a=1", "--guidance-option", "a=2"], "gives a twice"),
    (["--attention-option", "nag_scale=1"], "--attention-negative beside it"),
    (["--attention-negative", "vsf", "--guidance-rule", "seg"], "both change the network's attention"),
    (["--reward", "sharpness"], "without --negative-search"),
    (["--negative-search", "null-tta", "--reward", "sharpness", "--sampler", "euler"], "expected ddim"),
    (["--negative-interval", "0.8,0.2"], "--negative-interval is 0.8,0.2"),
  ])
  func `What cannot be followed is refused before a file is there`(options: [String], hint: String) throws {
    try Program.withFolder { folder in
      let result = try Program.run(["image"] + base + options + ["-o", "x.png"], in: folder)
      #expect(result.status != 0 && result.errors.contains(hint), "\(result.errors)")
      #expect(try Program.contents(folder).isEmpty)
    }
  }
}
