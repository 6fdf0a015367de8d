import Foundation
import Testing

/// What fingers know from other programs.
struct HabitTests {
  @Test func `The names that other programs give an option are taken`() throws {
    try Program.withFolder { folder in
      func record(_ arguments: [String]) throws -> String {
        let made = try Program.run(
          ["image", "x", "-m", Program.image, "--steps", "1", "-o", "a.png", "--json"] + arguments, in: folder)
        #expect(made.status == 0, "\(made.errors)")
        return try #require(made.output.firstMatch(of: /"pixels_sha256"\s*:\s*"(\w+)"/)).output.1.description
      }
      let own = try record(
        ["--sampler", "euler", "--schedule", "karras", "--guidance-scale", "3", "--dtype", "float32"])
      let others = try record([
        "--sampling-method", "euler", "--scheduler", "karras", "--cfg", "3", "--type", "float32",
      ])
      #expect(own == others)
      #expect(try own != record(["--dtype", "float32"]))
    }
  }

  @Test(arguments: [
    (["--cfg", "-1"], 0, ""), (["-t", "-1"], 64, "-1"), (["-b", "-1"], 64, "--batch-count is -1"),
    (["-o", "-x.png"], 64, "-o=-x.png"), (["--rng", "cuda"], 0, ""), (["--sampler", "k_euler_a"], 0, ""),
    (["--search-steps", "2"], 64, "--negative-search beside it"), (["more", "words"], 64, "in quotes"),
    (["-o", "x/"], 1, "it is a folder"), (["--sampler", "pndm"], 64, "at least 4"),
    (["--sampler", "ddim", "--schedule", "karras"], 64, "euler_a"),
  ])
  func `What is typed otherwise is taken, or said what it is`(_ arguments: [String], _ status: Int32, _ words: String)
    throws
  {
    try Program.withFolder { folder in
      let made = try Program.run(["image", "x", "-m", Program.image, "--steps", "1"] + arguments, in: folder)
      #expect(made.status == status && (words.isEmpty || made.errors.contains(words)), "\(made.status): \(made.errors)")
    }
  }

  @Test func `A list of prompts comes through a pipe, and text of another kind is refused`() throws {
    try Program.withFolder { folder in
      mkfifo(folder + "/pipe", 0o600)
      let writer = Thread { try? Data("a\nb\n".utf8).write(to: URL(fileURLWithPath: folder + "/pipe"), options: []) }
      writer.start()
      let made = try Program.run(
        ["image", "-m", Program.image, "--steps", "1", "--prompt-file", "pipe", "-o", "a-%d.png", "-q"], in: folder)
      #expect(made.output == "a-0.png\na-1.png\n", "\(made.errors)")
      for bytes in [[0x61, 0, 0x0A, 0], [0x61, 0, 0, 0]] as [[UInt8]] {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/list.txt"))
        let refused = try Program.run(["image", "-m", Program.image, "--prompt-file", "list.txt"], in: folder)
        #expect(refused.status == 1 && refused.errors.contains("is not UTF-8 text"), "\(refused.errors)")
      }
    }
  }

  @Test func `Words to avoid come from a file, one line for all prompts or one for each`() throws {
    try Program.withFolder { folder in
      try Data("a\nb\n".utf8).write(to: URL(fileURLWithPath: folder + "/prompts.txt"))
      for (name, text) in [("one", "c\n"), ("two", "c\nd\n"), ("three", "c\nd\ne\n")] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/\(name).txt"))
      }
      func run(_ file: String) throws -> Program.Outcome {
        try Program.run(
          [
            "image", "-m", Program.image, "--steps", "1", "--prompt-file", "prompts.txt", "--negative-prompt-file",
            "\(file).txt", "-o", "\(file)-%02d.png", "--output-begin-idx", "7",
          ], in: folder)
      }
      #expect(try run("one").output == "one-07.png\none-08.png\n")
      #expect(try run("two").status == 0)
      func negative(_ file: String) throws -> String? {
        try Program.run(["info", file], in: folder).output.firstMatch(of: /Negative prompt: (.*)/)?.output.1.description
      }
      #expect(try ["one-07.png", "one-08.png", "two-07.png", "two-08.png"].map(negative) == ["c", "c", "c", "d"])
      let three = try run("three")
      #expect(three.status == 64 && three.errors.contains("3 lines for 2 prompts"), "\(three.errors)")
    }
  }

  @Test func `Settings are left out of the file on request`() throws {
    try Program.withFolder { folder in
      let made = try Program.run(
        ["image", "a secret", "-m", Program.image, "--steps", "1", "-o", "a.png", "--disable-image-metadata"],
        in: folder)
      #expect(made.status == 0)
      #expect(try Program.run(["info", "a.png"], in: folder).status == 1)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/a.png"))
      #expect(bytes.range(of: Data("secret".utf8)) == nil)
    }
  }

  @Test(arguments: [
    (["vidoe", "x"], "Did you mean negspace video?"), (["embeding", "inspect"], "Did you mean negspace embedding?"),
    (["model", "inspct"], "Did you mean negspace model inspect?"), (["make"], "negspace has: video, image"),
  ])
  func `A command that does not exist is answered with those that do`(arguments: [String], answer: String) throws {
    let outcome = try Program.run(arguments, in: "/")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(answer), "\(outcome.errors)")
  }
}
