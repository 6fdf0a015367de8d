import Foundation
import NegativeSpaceConfiguration
import NegativeSpacePipelines
import NegativeSpaceTensors
import Testing

/// Records with anything in any place: each is refused in words, or asks for nothing that was not proven.
///
/// `NEGSPACE_RECORDS=20000 swift test --filter RecordPropertyTests` tries as many.
@Suite(.timeLimit(.minutes(60))) struct RecordPropertyTests {
  private let count = ProcessInfo.processInfo.environment["NEGSPACE_RECORDS"].flatMap(Int.init) ?? 250

  @Test func `No record traps, hangs, fills memory, or has a file read that it does not prove`() throws {
    let place = Fixtures.temporary("records")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    try #require(mkfifo(place + "/pipe", 0o600) == 0)
    try Data("not for strangers".utf8).write(to: URL(fileURLWithPath: place + "/foreign"))
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var plain = GenerationRequest(prompt: "a red apple")
    (plain.steps, plain.seed, plain.guidanceScale) = (2, .number(1), 3)
    let good = try GenerationRecord(try model.generate(plain) { _ in }, by: model)
    let embedding = Fixtures.path("embeddings/it.pt")
    var draw = RandomRecords(
      good: try ConfigFile(parsing: Data(good.json().utf8), file: "good").fields,
      paths: [
        place + "/pipe", place + "/foreign", place, "/dev/zero", "/dev/stdin", "/proc/kmsg", "/proc/kcore",
        "/proc/self/mem", "/nowhere", "", "a\0b",
        embedding,
      ], hashes: [try SHA256.hexadecimal(ofFile: place + "/foreign"), "00", ""])
    let memory = peak
    var (accepted, generated) = (0, 0)
    for number in 0..<count {
      let json = draw.next()
      let began = ContinuousClock.now
      do {
        let record = try GenerationRecord(json: json, path: "x.png").checked()
        accepted += 1
        try requireProven(record, json)
        let request = try model.resolve(record.request)
        // What is asked for in earnest may be large; what it takes is then the same without a record.
        let work = (request.steps ?? 1) * (request.width ?? 1) * (request.height ?? 1) * (request.scale ?? 1)
        if work <= 1 << 14, request.scale ?? 1 <= 4 {
          _ = try model.generate(request) { _ in }
          generated += 1
        }
      } catch let error where !(error is Unproven) {
        #expect(!"\(error)".isEmpty)
      }
      let taken = ContinuousClock.now - began
      #expect(taken < .seconds(10), "record \(number) took \(taken): \(json.prefix(2000))")
    }
    #expect(accepted > 0 && generated > 0)
    #expect(peak - memory < 300 << 20, "\((peak - memory) >> 20) MB more")
    if count > 1000 {
      print("\(count) records, \(accepted) accepted, \(generated) generated, \((peak - memory) >> 20) MB more at most")
    }
  }

  /// A file in an accepted record without its hash, or of another content.
  private struct Unproven: Error { let file: [String: JSONValue] }

  /// Every object with a path, wherever it is: a field that is added later is found here too.
  private func requireProven(_ record: GenerationRecord, _ json: String) throws {
    let fields = try ConfigFile(parsing: Data(record.json().utf8), file: "accepted").fields
    func walk(_ value: JSONValue) throws {
      switch value {
      case .array(let items): for item in items { try walk(item) }
      case .object(let object):
        if case .string(let path) = object["path"], object["in_memory"] != .bool(true) {
          guard case .string(let hash) = object["sha256"] else { throw Unproven(file: object) }
          guard try SHA256.hexadecimal(ofFile: path) == hash else { throw Unproven(file: object) }
        }
        // Networks have a hash over all their files, which their readers compare.
        for (key, value) in object where !["negative_model", "net"].contains(key) { try walk(value) }
      default: break
      }
    }
    do { try walk(fields["request"] ?? .null) } catch let error as Unproven {
      Issue.record("accepted without proof: \(error.file) in \(json.prefix(2000))")
      throw error
    }
  }

  private var peak: Int {
    var usage = rusage()
    getrusage(0, &usage)
    return usage.ru_maxrss << 10
  }
}

/// Records that are a good one with some values exchanged.
private struct RandomRecords {
  let good: [String: JSONValue]
  let paths: [String]
  let hashes: [String]
  var random = SplitMix64(seed: ProcessInfo.processInfo.environment["NEGSPACE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1)

  init(good: [String: JSONValue], paths: [String], hashes: [String]) {
    (self.good, self.paths, self.hashes) = (good, paths, hashes)
  }

  private static let files = [
    "init_latents", "noise", "init_img", "init_video", "mask", "vae", "negative_model", "scheduler_config",
  ]
  private static let lists = ["negative_embeddings", "embeddings", "loras", "negative_loras", "text_encoders"]
  private static let numbers = [
    "steps", "width", "height", "scale", "seed", "guidance_scale", "eta", "strength", "clip_skip", "frames",
    "guidance_interval", "negative_interval", "guidance_options", "attention_options", "feature_interval", "fps",
    "prompt_weighting", "long_prompt", "sampler", "schedule", "threads", "dtype", "vae_tiling",
  ]

  mutating func next() -> String {
    var record = good
    var request: [String: JSONValue] = [:]
    if case .object(let fields) = good["request"] { request = fields }
    for _ in 0...random.below(4) {
      switch random.below(8) {
      case 0: request["prompt"] = .string(text())
      case 1: request["negative_prompt"] = .string(text())
      case 2: request[one(of: Self.files)] = file()
      case 3: request[one(of: Self.lists)] = .array((0..<[1, 2, 65, 300][random.below(4)]).map { _ in file() })
      case 4:
        request["controls"] = .array((0...random.below(3)).map { _ in .object(["net": file(), "image": file()]) })
      case 5: request[one(of: Self.numbers + Array(request.keys).sorted())] = value(depth: 0)
      case 6:
        record = with(value(depth: 0), in: record, at: one(of: ["version", "model", "compute", "output", "request"]))
      default:
        let section = one(of: ["model", "compute", "output"])
        if case .object(let fields) = record[section] {
          record[section] = .object(with(value(depth: 0), in: fields, at: one(of: fields.keys.sorted() + ["options"])))
        }
      }
    }
    if record["request"] == good["request"] { record["request"] = .object(request) }
    return JSONValue.object(record).text()
  }

  private func with(_ value: JSONValue, in fields: [String: JSONValue], at key: String) -> [String: JSONValue] {
    fields.merging([key: value]) { $1 }
  }

  private mutating func one(of names: [String]) -> String { names[random.below(names.count)] }

  private mutating func text() -> String {
    let pieces = ["BREAK ", "a", "((((", "(x:1e9)", "[", "\u{0}", "é\u{301}", "𝒳", "\u{202E}", "狐", "<it>", " AND "]
    return String(repeating: one(of: pieces), count: [1, 20, 80, 300, 70_000][random.below(5)])
  }

  private mutating func file() -> JSONValue {
    var fields: [String: JSONValue] = ["path": .string(one(of: paths))]
    if random.below(2) == 0 { fields["sha256"] = .string(one(of: hashes)) }
    if random.below(4) == 0 { fields["weight"] = value(depth: 2) }
    if random.below(8) == 0 { fields["in_memory"] = .bool(random.below(2) == 0) }
    if random.below(8) == 0 { fields["key"] = .string(one(of: ["", "狐", "a\0b", "vectors"])) }
    if random.below(8) == 0 { fields["token"] = .string(one(of: ["", "it", "<狐>"])) }
    return .object(fields)
  }

  /// A number at a border, or something of another kind.
  private mutating func value(depth: Int) -> JSONValue {
    let integers = [0, 1, -1, 2, 3, 64, 65, 1024, 1 << 31, 1 << 40, .max, .min]
    let numbers = [0.5, -0.5, 1e-300, 1e300, -1e300, 1e18, 1e19, 3.9e9, 0.1]
    switch random.below(depth < 2 ? 8 : 5) {
    case 0, 1: return .integer(integers[random.below(integers.count)])
    case 2: return .number(numbers[random.below(numbers.count)])
    case 3: return .bool(random.below(2) == 0)
    case 4: return .string(one(of: ["", "1e999", "ddim", "auto", "/dev/zero", "-1", "9223372036854775808"] + paths))
    case 5: return .null
    case 6: return .array((0..<random.below(4)).map { _ in value(depth: depth + 1) })
    default: return .object([one(of: ["path", "config", "tokenizer", "a"]): value(depth: depth + 1)])
    }
  }
}
