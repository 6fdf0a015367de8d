import Foundation
import Testing

@testable import negspace

/// Streams that are full or closed, and interruptions of what takes long before its first step.
struct ReliabilityTests {
  /// Runs the program by a shell, for what only redirections can say.
  private func shell(_ words: String, in folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", words.replacingOccurrences(of: "negspace", with: "'\(Program.url.path)'")]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private static let reward = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Models/emoji-reward").path

  private func learn(_ more: String) -> [String] {
    ("learn reneg -m \(Program.image) --reward quality=\(Self.reward) --prompt-file p.txt --validation-file p.txt "
      + "--batch 1 --run run -o n.safetensors " + more).split(separator: " ").map(String.init)
  }

  @Test func `A result that is lost is a failure, and a reader that went away is not an error`() throws {
    try Program.withFolder { folder in
      for words in ["model inspect '\(Program.image)' --json", "--help"] {
        let full = try shell("negspace \(words) >/dev/full", in: folder)
        let closed = try shell("negspace \(words) >&-", in: folder)
        #expect(full == 1 && closed == 1, "\(words)")
      }
      let unread = try shell("(sleep 1; negspace --help; exit $?) | true; exit ${PIPESTATUS[0]}", in: folder)
      #expect(unread == 141)
    }
  }

  @Test(arguments: ["2>&-", "2>/dev/full", "2> >(exit)"])
  func `Learning goes on without a standard error`(_ redirection: String) throws {
    try Program.withFolder { folder in
      try Data("a\nb\n".utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      let words = learn("--steps 2 --sampling-steps 2").joined(separator: " ")
      #expect(try shell("negspace \(words) \(redirection)", in: folder) == 0)
      #expect(FileManager.default.fileExists(atPath: folder + "/n.safetensors"))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `Interrupted before its first step, learning ends at once and can begin again`(_ signal: Int32) throws {
    try Program.withFolder { folder in
      let prompts = (0..<400).map { "prompt \($0)" }.joined(separator: "\n")
      try Data(prompts.utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      let clock = ContinuousClock()
      let start = clock.now
      let run = try Program.run(
        learn("--steps 1 --sampling-steps 900"), in: folder, interruptAt: "Learning on", signal: signal)
      #expect(run.status == 130)
      #expect(clock.now - start < .seconds(60))
      // Before anything was asked for, there is not even the run's folder.
      #expect(try [["p.txt"], ["p.txt", "run"]].contains(Program.contents(folder)))
    }
  }

  @Test(arguments: ["Learning on", "learning 1/3", "learning 3/3"])
  func `Killed, a run leaves no half file, and ends in the same bits when it is started again`(_ words: String) throws {
    try Program.withFolder { folder in
      try Data("a\nb\n".utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      let words = (learn("--steps 3 --sampling-steps 4 --validate-every 1"), words)
      func result() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder + "/n.safetensors")) }
      let whole = try Program.run(words.0, in: folder)
      try #require(whole.status == 0, "\(whole.errors)")
      let wanted = try result()
      for name in ["run", "n.safetensors"] { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
      _ = try Program.run(words.0, in: folder, interruptAt: words.1, signal: SIGKILL)
      let half = try? result()
      #expect(half == nil || half == wanted)
      let again = try Program.run(words.0, in: folder)
      #expect(again.status == 0, "\(again.errors)")
      #expect(try result() == wanted)
      let left = try Program.contents(folder) + Program.contents(folder + "/run")
      #expect(!left.contains { $0.hasPrefix(".negspace-") })
    }
  }

  @Test func `Negatives for each prompt are not mixed with those of other settings`() throws {
    try Program.withFolder { folder in
      try Data("a\nb\n".utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      let start = try Program.run(learn("--steps 1 --sampling-steps 2"), in: folder)
      try #require(start.status == 0, "\(start.errors)")
      func refine(_ more: String) throws -> Program.Outcome {
        let words =
          "learn reneg-sample -m \(Program.image) --reward quality=\(Self.reward) --prompt-file p.txt "
          + "--init n.safetensors --sampling-steps 2 -o s \(more)"
        return try Program.run(words.split(separator: " ").map(String.init), in: folder)
      }
      #expect(try refine("--steps 1").status == 0)
      #expect(try refine("--steps 1").status == 0)
      let other = try refine("--steps 2 --seed 9")
      #expect(other.status == 1)
      #expect(other.errors.contains("first seed is there '42' and here '9'; steps is there '1' and here '2'"))
    }
  }

  @Test func `Other settings in the folder of a run are refused by name`() throws {
    try Program.withFolder { folder in
      try Data("a\nb\n".utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      let first = try Program.run(learn("--steps 1 --sampling-steps 2"), in: folder)
      #expect(first.status == 0, "\(first.errors)")
      let second = try Program.run(learn("--steps 1 --sampling-steps 3 --seed 9"), in: folder)
      #expect(second.status == 1)
      #expect(second.errors.contains("sampling steps is there '2' and here '3'; seed is there '0' and here '9'"))
      let third = try Program.run(learn("--steps 2 --sampling-steps 2"), in: folder)
      #expect(third.status == 1)
      #expect(third.errors.contains("learning rate is there"))
    }
  }

  /// A name of one letter, too, which Foundation's paths end on.
  @Test func `A run beside an output without an ending leaves the output's name free`() throws {
    try Program.withFolder { folder in
      try Data("a\n".utf8).write(to: URL(fileURLWithPath: folder + "/p.txt"))
      var words = learn("--steps 1 --sampling-steps 2")
      words.removeSubrange(try #require(words.firstIndex(of: "--run"))...)
      let learned = try Program.run(words + ["-o", "n", "--steps", "1", "--sampling-steps", "2"], in: folder)
      #expect(learned.status == 0, "\(learned.errors)")
      #expect(try Program.contents(folder).sorted() == ["n", "n-run", "p.txt"])
      let inspected = try Program.run(["embedding", "inspect", "n"], in: folder)
      #expect(inspected.status == 0, "\(inspected.errors)")
    }
  }

  @Test func `A batch below its shards is refused`() throws {
    try Program.withFolder { folder in
      let run = try Program.run(["train", "reward", "--runs", "r", "--batch", "1", "--steps", "1"], in: folder)
      #expect(run.status == 1, "\(run.errors)")
    }
  }

  @Test func `Control characters are shown, line ends and tabs are not touched`() {
    #expect(Console.visible("a\u{1B}]0;x\u{7}\u{9B}2J\u{7F}b\tc\n狐") == "a\\u001B]0;x\\u0007\\u009B2J\\u007Fb\tc\n狐")
    #expect(Console.visible("\u{202E}gnp.exe") == "\\u202Egnp.exe")
  }
}
