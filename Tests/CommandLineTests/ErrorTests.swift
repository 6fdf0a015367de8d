import Foundation
import Testing

/// Every error ends with one clear message, the promised status, and nothing left behind.
struct ErrorTests {
  /// Arguments, status, and how the message begins; MODEL, VIDEO and FOLDER stand for paths.
  static let cases: [(String, Int32, String)] = [
    // Wrong usage: 64
    ("image", 64, "Error: A prompt is missing. Give one, or \"\" to leave the subject to the model.\n"),
    ("image -p -bad -m nowhere", 1, "Error: nowhere cannot be read: No such file or directory."),
    ("image a -n -bad -m nowhere", 1, "Error: nowhere cannot be read: No such file or directory."),
    ("image a --negative-prompt -bad,worse -m nowhere", 1, "Error: nowhere cannot be read: No such file or directory."),
    ("image a -n --steps 5", 64, "Error: -n is followed by --steps, which begins with a dash;"),
    ("image a -p b", 64, "Error: The prompt was given 2 times."),
    ("image x --steps 0 -m MODEL", 64, "Error: --steps is 0; expected a whole number from 1 to 1000.\n"),
    ("image x --steps many -m MODEL", 64, "Error: The value 'many' is invalid for '--steps <steps>'"),
    ("video x --frames 0 -m VIDEO", 64, "Error: --frames is 0; expected a whole number from 1 to 4096.\n"),
    ("image x -W 30 -m MODEL", 64, "Error: --width is 30; expected a multiple of 4,"),
    ("image x --sampler magic -m MODEL", 64, "Error: there is no sampler named magic."),
    ("image x --schedule karras -m MODEL", 64, "Error: DDIMScheduler with --schedule = karras is not supported here"),
    ("image x --preview tae -m MODEL", 64, "Error: --preview tae needs the small autoencoder too;"),
    ("image x --taesd a --vae b -m MODEL", 64, "Error: --vae is b and --taesd is a; only one can make the result."),
    ("image x --mask m.png -m MODEL", 64, "Error: --mask is m.png; expected a picture to paint on beside it;"),
    ("video x --strength 0.5 -m VIDEO", 64, "Error: --strength is 0.5; expected --init-img or --init-video beside it,"),
    ("image x --guidance-interval abc -m MODEL", 64, "Error: --guidance-interval is abc; expected two numbers"),
    ("image x --guidance-interval 1 -m MODEL", 64, "Error: --guidance-interval is 1.0; expected two numbers"),
    ("image x -o x.bmp -m MODEL", 64, "Error: the name x.bmp does not say which format to write;"),
    (
      "video x -o x.avi -m VIDEO", 64,
      "Error: the name x.avi does not say which format to write; end it in .mp4, .webm,"
    ),
    ("video x --fps fast -m VIDEO", 64, "Error: --fps is fast; expected a rate such as 8, 29.97 or 30000/1001"),
    ("image x --threads 0 -m MODEL", 64, "Error: --threads is 0; expected a number from 1 to 1024."),
    ("image x -q -v -m MODEL", 64, "Error: --quiet and --verbose were both given; choose one."),
    ("image x --batch-count 0 -m MODEL", 64, "Error: --batch-count is 0;"),
    ("image x --clip-skip 9 -m MODEL", 64, "Error: --clip-skip is 9; expected 1 to 3, the text encoder's layers.\n"),
    ("image x --lora a:nan -m MODEL", 64, "Error: --lora is weighted nan; expected a finite weight.\n"),
    (
      "image x --text-encoder-interval 0.4,1 -m MODEL", 64, "Error: --text-encoder-interval is 0.4,1.0; expected a text"
    ),
    ("image x --text-encoder nowhere -m MODEL", 1, "Error: nowhere cannot be read: No such file or directory.\n"),
    ("image x --negative-embedding a:inf -m MODEL", 64, "Error: --negative-embedding is weighted inf; expected"),
    ("image x --canny -m MODEL", 64, "Error: --canny is given without --control-net. Name a ControlNet with it."),
    ("image x --control-net a -m MODEL", 64, "Error: --control-net a needs a picture. Name one with --control-image."),
    (
      "image x --control-net a --control-image b --control-strength 1 --control-strength 2 -m MODEL", 64,
      "Error: --control-strength is given 2 times and --control-net 1 times."
    ),
    ("learn reneg --prompt-file p --steps 0", 64, "Error: --steps is 0; it must be at least 1\n"),
    ("learn reneg --prompt-file p --tail 2", 64, "Error: --tail is 2.0; it must be above 0 and at most 1\n"),
    ("learn reneg --prompt-file p --through 40", 64, "Error: --through is 40; a run has 30 sampler steps"),
    ("learn reneg --prompt-file p --through 4 --stops 2", 64, "Error: --stops and --tail are about single steps;"),
    ("paint x", 64, "Error: There is no command \"paint\". negspace has: video, image,"),
    ("image x --hypernetwork y", 64, "Error: Unknown option '--hypernetwork'"),
    // The world: 1
    ("image x -m nowhere", 1, "Error: nowhere cannot be read: No such file or directory.\n"),
    ("learn reneg -m MODEL --prompt-file no.txt --reward beauty", 1, "Error: no.txt cannot be read: No such file"),
    (
      "learn reneg -m MODEL --prompt-file MODEL/model_index.json --reward beauty", 1,
      "Error: \"beauty\" is not a reward;"
    ),
    ("image x -m FOLDER", 1, "Error: FOLDER has no model_index.json: it is not a diffusers model folder.\n"),
    ("image x -m VIDEO", 1, "Error: VIDEO is a video model. Use negspace video --frames 1.\n"),
    ("video x -m MODEL", 1, "Error: MODEL is an image model. Use negspace image.\n"),
    ("image x -m MODEL -o no/such/x.png", 1, "Error: cannot write no/such/x.png: there is no folder "),
    ("image x -m MODEL -o FOLDER", 1, "Error: cannot write FOLDER: it is a folder; name a file in it\n"),
    (
      "video x -m VIDEO --save-latents no/such/l.safetensors", 1,
      "Error: cannot write no/such/l.safetensors: there is no folder "
    ),
    (
      "image x -m MODEL -o x.png --save-latents ./x.png", 64,
      "Error: --save-latents is ./x.png, and x.png is written, too; expected another file\n"
    ),
    (
      "image x -m MODEL --init-latents no.safetensors", 1,
      "Error: Cannot read no.safetensors: No such file or directory.\n"
    ),
    ("image x -m MODEL --prompt-file no.txt", 64, "Error: The prompt was given 2 times."),
    ("image x -m MODEL -i no.png", 1, "Error: cannot read no.png: No such file or directory\n"),
    (
      "image x -m MODEL -i MODEL/../start.png --mask no.png -W 32 -H 32", 1,
      "Error: no.png cannot be read: No such file"
    ),
    (
      "video x -m VIDEO --init-video MODEL/model_index.json", 1,
      "Error: MODEL/model_index.json is a text file; expected a video"
    ),
    ("image x -m MODEL --vae nowhere", 1, "Error: nowhere cannot be read: No such file or directory.\n"),
    ("image x -m MODEL --vae MODEL/model_index.json", 1, "Error: "),
    ("image -m MODEL --prompt-file no.txt", 1, "Error: no.txt cannot be read: No such file or directory.\n"),
    ("info no.png", 1, "Error: cannot read no.png: No such file or directory\n"),
    ("info MODEL/model_index.json", 1, "Error: MODEL/model_index.json is a text file; expected a video"),
    ("reproduce no.mp4", 1, "Error: cannot read no.mp4: No such file or directory\n"),
    ("model inspect nowhere", 1, "Error: nowhere cannot be read: No such file or directory.\n"),
    ("embedding inspect MODEL/model_index.json", 1, "Error: "),
  ]

  @Test(arguments: cases.indices)
  func `Every mistake has its message and its status`(_ index: Int) throws {
    let (line, status, words) = Self.cases[index]
    try Program.withFolder { folder in
      func named(_ text: String) -> String {
        text.replacingOccurrences(of: "MODEL", with: Program.image).replacingOccurrences(
          of: "VIDEO", with: Program.video
        )
        .replacingOccurrences(of: "FOLDER", with: folder)
      }
      let arguments = line.split(separator: " ").map { named(String($0)) }
      let outcome = try Program.run(arguments, in: folder)
      #expect(outcome.status == status, "\(line): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix(named(words)), "\(line): \(outcome.errors)")
      #expect(outcome.output.isEmpty)
      #expect(try Program.contents(folder).isEmpty)
    }
  }

  @Test func `A weights file that ends early is named, whatever is missing of it`() throws {
    try Program.withFolder { folder in
      try FileManager.default.copyItem(atPath: Program.image, toPath: folder + "/model")
      let file = URL(fileURLWithPath: folder + "/model/unet/diffusion_pytorch_model.safetensors")
      let bytes = try Data(contentsOf: file)
      for sixteenth in 0..<16 {
        try bytes.prefix(bytes.count * sixteenth / 16).write(to: file)
        let outcome = try Program.run(["image", "x", "-m", folder + "/model"], in: folder)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("Error: \(file.path)"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        #expect(try Program.contents(folder) == ["model"])
      }
    }
  }

  @Test func `A full disk ends the work with the system's reason`() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    try Program.withFolder { folder in
      try FileManager.default.createSymbolicLink(atPath: folder + "/x.mp4", withDestinationPath: "/dev/full")
      let outcome = try Program.run(
        ["video", "x", "-m", Program.video, "-o", "x.mp4", "-q"], in: folder, environment: ["TMPDIR": folder])
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("Error: cannot write x.mp4: it is not a plain file; what was made is kept as "))
      let kept = try #require(Program.contents(folder).first { $0 != "x.mp4" })
      #expect(try Program.run(["reproduce", kept, "-q"], in: folder).output == "identical\n")
    }
  }

  @Test func `Without a family the places where it was looked for are named`() throws {
    try Program.withFolder { folder in
      let outcome = try Program.run(["image", "x"], in: folder, environment: ["NEGSPACE_MODELS": folder])
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("Error: There is no model emoji-image in \(folder). Name one with --model,"))
    }
  }
}
