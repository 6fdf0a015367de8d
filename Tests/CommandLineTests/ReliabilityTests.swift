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
      #expect(try Program.contents(folder) == ["p.txt", "run"])
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
