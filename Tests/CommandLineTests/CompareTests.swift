import Foundation
import Testing

/// `compare` and `score` from the outside.
struct CompareTests {
  private static let judge = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Models/emoji-judge").path
  private static let usual = [
    "compare", "-m", "tiny=\(Program.video)", "--steps", "2", "--frames", "3", "--negative", "none", "-o", "out",
  ]

  @Test func `A comparison writes its report and tables, and is not made twice`() throws {
    try Program.withFolder { folder in
      // No end of the last line, empty lines, spaces.
      try Data("\n  a red apple  \n\n\"two, blue\" rockets".utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      let arguments =
        Self.usual + [
          "--negative", "words=blurry, grey", "--prompt-file", "p.txt", "--seeds", "2", "--dtype", "float32",
        ]
      let made = try Program.run(arguments, in: folder)
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("8 pictures or clips in out/cells, 8 to be made or scored."))
      #expect(made.errors.contains("cell 8/8"))
      #expect(made.output.hasPrefix("tiny: 2 prompts × 2 seeds, against none; 95 % intervals\n"))
      #expect(made.output.hasSuffix("\nout/report.html\n"))
      #expect(try Program.contents(folder + "/out") == ["cells", "report.html", "results.csv", "results.json"])
      let csv = try String(contentsOfFile: folder + "/out/results.csv", encoding: .utf8)
      let lines = csv.components(separatedBy: "\r\n")
      #expect(lines.count == 10)
      #expect(lines[0] == "model,kind,negative,prompt_number,prompt,seed,cell,flicker,motion_amount,motion_smoothness")
      #expect(lines[8].hasPrefix("tiny,video,words,2,\"\"\"two, blue\"\" rockets\",1043,"))

      // Command and date stand at its foot.
      func page() throws -> String? {
        let html = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
        return html.components(separatedBy: "<footer>").first
      }
      let report = try page()
      let again = try Program.run(arguments + ["--json"], in: folder)
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.errors.contains("8 pictures or clips in out/cells, all are there already."))
      #expect(!again.errors.contains("cell 1/"))
      let isSame = try page() == report
      #expect(isSame, "a report is the same when it is made twice")
      struct Results: Decodable {
        struct Model: Decodable {
          struct Table: Decodable {
            struct Score: Decodable { let name: String }
            struct Row: Decodable {
              struct Estimate: Decodable { let value, low, high: Double }
              let arm: String
              let win_rate: Estimate?
            }
            let score: Score
            let rows: [Row]
          }
          let tables: [Table]
        }
        let baseline: String
        let models: [Model]
      }
      let results = try JSONDecoder().decode(Results.self, from: Data(again.output.utf8))
      #expect(results.baseline == "none")
      #expect(results.models[0].tables.map(\.score.name) == ["flicker", "motion amount", "motion smoothness"])
      #expect(results.models[0].tables[0].rows[1].win_rate != nil)
      // The video of a cell is one like any other.
      let clip = try #require(try Program.contents(folder + "/out/cells").first { $0.hasSuffix(".mp4") })
      #expect(try Program.run(["reproduce", "out/cells/" + clip, "-q"], in: folder).output == "identical\n")
    }
  }

  @Test func `A picture model with a motion adapter and a LoRA of its own is compared on videos`() throws {
    try Program.withFolder { folder in
      let arguments = [
        "compare", "-m", "anim=\(Program.image)", "-m", "plain=\(Program.video)", "--motion-adapter",
        "anim=\(Program.models)/tiny-motion", "--lora", "anim=\(Program.models)/loras/motion.safetensors:0.5",
        "--steps", "1",
        "--frames", "2", "--negative", "none", "--negative", "words=grey", "-p", "x", "-o", "out",
      ]
      let made = try Program.run(arguments, in: folder)
      #expect(made.status == 0, "\(made.errors)")
      let csv = try String(contentsOfFile: folder + "/out/results.csv", encoding: .utf8)
      #expect(csv.contains("\r\nanim,video,none,"))
      let report = try String(contentsOfFile: folder + "/out/report.html", encoding: .utf8)
      #expect(report.contains("tiny-motion") && report.contains("motion.safetensors × 0.5"))
      // The adapter is part of what determines a cell.
      let bare = try Program.run(arguments.map { $0.replacingOccurrences(of: ":0.5", with: ":0.25") }, in: folder)
      #expect(bare.errors.contains("4 pictures or clips in out/cells, 2 to be made or scored."))
      let wrong = try Program.run(arguments + ["--vae", "other=vae"], in: folder)
      #expect(wrong.status == 64)
      #expect(wrong.errors.contains("--vae is \"other\"; expected one of \"anim\", \"plain\""))
    }
  }

  @Test func `Interrupted, the cells that are done stay, and nothing is half-written`() throws {
    try Program.withFolder { folder in
      let prompts = (1...40).map { "a red apple \($0)" }.joined(separator: "\n")
      try Data(prompts.utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      let arguments = Self.usual + ["--negative", "words=blurry", "--prompt-file", "p.txt"]
      let stopped = try Program.run(arguments, in: folder, interruptAt: "cell 3/80")
      #expect(stopped.status == 130, "\(stopped.errors)")
      #expect(stopped.errors.contains("the same command goes on from there."))
      #expect(stopped.output.isEmpty)
      #expect(try Program.contents(folder + "/out") == ["cells"])
      let rest = try Program.run(arguments, in: folder)
      #expect(rest.status == 0, "\(rest.errors)")
      #expect(!rest.errors.contains("clips in out/cells, 80 to be made"))
      #expect(try Program.contents(folder + "/out/cells").count == 80 * 3)
      #expect(try Program.contents(folder + "/out/cells").allSatisfy { !$0.hasPrefix(".") })
    }
  }

  /// The search's negatives are kept beside the cell's picture, which `reproduce` makes from them.
  @Test func `An arm can search its negatives, and what it made is not searched again`() throws {
    try Program.withFolder { folder in
      let arguments = [
        "compare", "-m", "tiny=\(Program.image)", "-p", "a red apple", "--steps", "2", "--reward", "sharpness",
        "--negative", "none", "--arm", "found=--negative-search null-tta --reward sharpness --search-steps 1,2", "-o",
        "out",
      ]
      let made = try Program.run(arguments, in: folder)
      #expect(made.status == 0, "\(made.errors)")
      let files = try Program.contents(folder + "/out/cells")
      let found = try #require(files.first { $0.hasSuffix(".negatives.safetensors") })
      let picture = "out/cells/" + found.replacing(".negatives.safetensors", with: ".png")
      let again = try Program.run(["reproduce", picture], in: folder)
      #expect(again.status == 0, "\(again.output) \(again.errors)")
      let rest = try Program.run(arguments, in: folder)
      #expect(rest.errors.contains("2 pictures or clips in out/cells, all are there already."))
      // Another search is another cell.
      let other = try Program.run(arguments.map { $0.replacing("1,2", with: "1,3") }, in: folder)
      #expect(other.errors.contains("2 pictures or clips in out/cells, 1 to be made or scored."))
    }
  }

  @Test func `Files are scored by what they say they show`() throws {
    try Program.withFolder { folder in
      _ = try Program.run(
        ["image", "a red apple on a white background", "-m", Program.image, "--steps", "1", "-o", "a.png"], in: folder)
      _ = try Program.run(["video", "x", "-m", Program.video, "--steps", "1", "-o", "b.mp4"], in: folder)
      let scored = try Program.run(
        ["score", "a.png", "b.mp4", "--judge", Self.judge, "--csv", "s.csv", "--json", "-q"], in: folder)
      #expect(scored.status == 0, "\(scored.errors)")
      struct Results: Decodable {
        struct File: Decodable {
          let path: String
          let prompt: String?
          let frames: Int
          let scores: [String: Double]
        }
        let files: [File]
      }
      let files = try JSONDecoder().decode(Results.self, from: Data(scored.output.utf8)).files
      #expect(files.map(\.path) == ["a.png", "b.mp4"])
      #expect(files[0].prompt == "a red apple on a white background")
      #expect(files[0].scores.keys.sorted() == ["background accuracy", "concept accuracy", "judge quality"])
      #expect(files[1].scores.keys.sorted() == ["flicker", "motion amount", "motion smoothness"])
      let csv = try String(contentsOfFile: folder + "/s.csv", encoding: .utf8)
      #expect(csv.hasPrefix("file,prompt,frames,judge_quality,concept_accuracy,background_accuracy,motion_accuracy,"))
      // Frames are pictures of a set; its distance to itself is none.
      try FileManager.default.createDirectory(atPath: folder + "/real", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: folder + "/b.mp4", toPath: folder + "/real/b.mp4")
      let set = try Program.run(
        ["score", "b.mp4", "--classifier", Self.judge, "--splits", "1", "--reference", "real"], in: folder)
      #expect(set.status == 0, "\(set.errors)")
      #expect(set.output.hasPrefix("Inception Score   1."))
      #expect(set.output.hasSuffix("\nFréchet distance  0.0000\n") || set.output.hasSuffix("distance  -0.0000\n"))
      let table = try Program.run(["score", "b.mp4"], in: folder)
      #expect(table.output.hasPrefix("file   flicker  motion amount  motion smoothness\nb.mp4  "))
    }
  }

  /// Arguments, status, how the message begins.
  static let mistakes: [([String], Int32, String)] = [
    (["score"], 64, "Error: "),
    (["score", "no.png"], 1, "Error: no.png cannot be read: No such file or directory.\n"),
    (["score", "p.txt", "--reward", "beauty"], 1, "Error: \"beauty\" is not a reward;"),
    (["score", "p.txt"], 1, "Error: p.txt is a text file; expected a video"),
    (["score", "a.png"], 64, "Error: --reward is missing; expected a reward or --judge, since a.png is a picture.\n"),
    (["compare", "-p", "x", "--negative", "none"], 64, "Error: --negative is \"none\" alone; expected at least two"),
    (["score", "a.png", "--reference", "x"], 64, "Error: --reference wants --classifier"),
    (["score", "a.png", "--classifier", "p.txt"], 1, "Error: p.txt"),
    (["score", "a.png", "--classifier", "x", "--reference", "no"], 1, "Error: no cannot be read: No such file"),
    (["score", "a.png", "--clip-negative-words", "x"], 64, "Error: --clip-negative-words wants --clip-negative"),
    (
      ["compare", "-p", "x", "--arm", "a=--negative-search null-tta --sampler euler", "-n", "none"], 64,
      "Error: --arm is \"a=--negative-search null-tta --sampler euler\" (--sampler is euler;"
    ),
    (["compare", "-p", "x"], 64, "Error: --negative is missing; expected at least two"),
    (
      ["compare", "-p", "x", "--negative", "a=x", "--negative", "a=y"], 64,
      "Error: --negative is \"a\" twice; expected a name of its own"
    ),
    (
      ["compare", "-p", "x", "--negative", "a=x", "--negative", "b=y", "--baseline", "c"], 64,
      "Error: --baseline is \"c\"; expected one of \"a\", \"b\".\n"
    ),
    (
      ["compare", "-p", "x", "--negative", "a=x", "--negative", "b=no.safetensors:2"], 1,
      "Error: no.safetensors cannot be read: No such file or directory.\n"
    ),
    (["compare", "--negative", "none", "--negative", "b=y"], 64, "Error: --prompt is missing;"),
    (
      ["compare", "-p", "x", "--negative", "none", "--negative", "b=y", "-m", "m=MODEL", "--control-net", "n=x"], 64,
      "Error: --control-net is \"n\"; expected one of \"m\".\n"
    ),
    (
      ["compare", "-p", "x", "--negative", "none", "--negative", "b=y", "-m", "m=MODEL", "--canny", "m"], 64,
      "Error: --canny is for \"m\"; expected --control-net m=PATH beside it.\n"
    ),
    (
      ["compare", "-p", "x", "--negative", "none", "--negative", "b=y", "-m", "m=MODEL", "--seed", "-1"], 64,
      "Error: --seed is -1; expected a number from 0"
    ),
    (
      ["compare", "-p", "x", "--negative", "none", "--negative", "b=y", "-m", "MODEL"], 64,
      "Error: --reward is missing; expected a reward or --judge, since MODEL makes pictures.\n"
    ),
    (
      ["compare", "--prompt-file", "latin1.txt", "--negative", "none", "--negative", "b=y", "-m", "MODEL"], 1,
      "Error: latin1.txt cannot be read: it is not UTF-8 text, nor UTF-16 with a byte order mark.\n"
    ),
    (
      ["compare", "--prompt-file", "empty.txt", "--negative", "none", "--negative", "b=y", "-m", "MODEL"], 1,
      "Error: empty.txt cannot be read: it has no line with a prompt.\n"
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `Every mistake has its message and its status, before anything is made`(_ index: Int) throws {
    let (arguments, status, words) = Self.mistakes[index]
    try Program.withFolder { folder in
      try Data("a prompt".utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      try Data([0x63, 0x61, 0x66, 0xE9]).write(to: URL(fileURLWithPath: folder + "/latin1.txt"))
      try Data("\n \n\t\n".utf8).write(to: URL(fileURLWithPath: folder + "/empty.txt"))
      try FileManager.default.copyItem(atPath: Program.models + "/start.png", toPath: folder + "/a.png")
      let named = { (text: String) in text.replacingOccurrences(of: "MODEL", with: Program.image) }
      let model = arguments[0] == "compare" && !arguments.contains("-m") ? ["-m", "MODEL"] : []
      let outcome = try Program.run((arguments + model).map(named), in: folder)
      #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix(named(words)), "\(arguments): \(outcome.errors)")
      #expect(outcome.output.isEmpty)
      #expect(try Program.contents(folder) == ["a.png", "empty.txt", "latin1.txt", "p.txt"])
    }
  }
}
