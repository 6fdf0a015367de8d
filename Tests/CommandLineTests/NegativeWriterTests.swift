import Foundation
import Testing

/// Writers of negatives from the outside.
struct NegativeWriterTests {
  private static let writer = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "WritersTests/Fixtures/writer").path

  @Test func `A picture's negative is written, printed, used and stored, and needs no writer to be made again`() throws
  {
    try Program.withFolder { folder in
      let picture = folder + "/a.png"
      let written = try Program.run(["negative", "a red apple", "-w", Self.writer, "-m", Program.image])
      #expect(written.status == 0, "\(written.errors)")
      let words = written.output.trimmingCharacters(in: .newlines)
      let made = try Program.run([
        "image", "a red apple", "-m", Program.image, "--steps", "2", "-n", "dark", "--negative-writer", Self.writer,
        "-o",
        picture,
      ])
      #expect(made.status == 0, "\(made.errors)")
      #expect(made.errors.contains("Negative prompt for \"a red apple\": \"\(words)\""))
      let info = try Program.run(["info", picture]).output
      #expect(info.contains("Negative prompt: dark, \(words)"))
      #expect(info.contains("Negative writer: writer "))
      let again = try Program.run(["reproduce", picture])
      #expect(again.output == "identical\n", "\(again.errors)")
    }
  }

  /// Without `-w` it is the family's; damages are what it learned to avoid.
  @Test func `The writer that ships names damages for prompts that it has not seen`() throws {
    let prompts = try Program.run(["train", "prompts", "--part", "held-out", "--count", "12"]).output
    let written = try Program.run(
      ["negative", "--prompt-file", "-"], environment: ["NEGSPACE_MODELS": Program.family], input: prompts)
    #expect(written.status == 0, "\(written.errors)")
    let lines = written.output.split(separator: "\n")
    #expect(lines.count == 12)
    let damages = [
      "blurry", "noisy", "pixelated", "distorted", "compressed", "low quality", "blocky", "grainy", "worst",
    ]
    for line in lines { #expect(damages.contains { line.contains($0) }, "\(line)") }
  }

  @Test func `A folder that is no writer, and settings that cannot be, are said`() throws {
    let other = try Program.run(["negative", "x", "-w", Program.image])
    #expect(other.status == 1)
    let groups = try Program.run(["negative", "x", "-w", Self.writer, "--beams", "4", "--beam-groups", "3"])
    #expect(groups.status == 64)
    let none = try Program.run(["negative", "-w", Self.writer])
    #expect(none.status == 64)
  }

  @Test func `Examples are counted, learned from, and the writer is used`() throws {
    try Program.withFolder { folder in
      let rows = ["red", "blue"].flatMap { colour in
        ["apple", "hat", "cup", "boat", "star", "tree"].map {
          "a \(colour) \($0),\(colour == "red" ? "green" : "yellow")"
        }
      }
      try (["prompt,negative_prompt"] + rows).joined(separator: "\r\n")
        .write(toFile: folder + "/t.csv", atomically: true, encoding: .utf8)
      let data = ["--data", folder + "/t.csv", "--held-share", "0.3"]
      let counts = try Program.run(["learn", "negopt", "stats"] + data)
      #expect(counts.output.hasPrefix("12 rows, 12 used"), "\(counts.errors)")
      let missing = try Program.run(["learn", "negopt", "stats", "--prompt-column", "text"] + data)
      #expect(missing.status == 64)
      #expect(missing.errors.contains("--prompt-column"))
      #expect(missing.errors.contains("it has \"prompt\", \"negative_prompt\""))
      let learn =
        ["learn", "negopt", "sft"] + data + [
          "--pieces", "50", "--width", "16", "--layers", "1", "--heads", "2", "--steps", "20", "--batch", "4",
          "--validate-every", "10", "-o", folder + "/writer",
        ]
      let learned = try Program.run(learn)
      #expect(learned.status == 0, "\(learned.errors)")
      #expect(learned.output == folder + "/writer\n")
      #expect(try Program.run(["negative", "a red apple", "-w", folder + "/writer"]).status == 0)
      // Another rate is another run.
      let other = try Program.run(learn + ["--rate", "0.5"])
      #expect(other.status == 1)
      #expect(other.errors.contains("holds a run of other settings"))
    }
  }
}
