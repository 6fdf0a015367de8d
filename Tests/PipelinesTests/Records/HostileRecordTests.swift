import Foundation
import NegativeSpacePipelines
import Testing

/// Records as strangers may write them.
struct HostileRecordTests {
  private func record(_ request: GenerationRequest) throws -> GenerationRecord {
    let json = """
      {"version": "1", "model": {"kind": "image", "name": "m", "path": "m", "hash": ""}, "request": {},
       "compute": {"backend": "", "threads": 1},
       "output": {"width": 8, "height": 8, "frames": 1, "pixels_sha256": ""}}
      """
    var record = try GenerationRecord(json: json, path: "x.png")
    record.request = request
    return record
  }

  private func file(_ path: String, _ sha256: String?) -> FileReference {
    var file = FileReference(path: path)
    file.sha256 = sha256
    return file
  }

  @Test func `A file is used only with its hash, and only where it is right`() throws {
    let path = Fixtures.temporary("negative.bin")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("negative".utf8).write(to: URL(fileURLWithPath: path))
    let hash = try SHA256.hexadecimal(ofFile: path)
    let fields: [WritableKeyPath<GenerationRequest, FileReference?>] = [
      \.initialImage, \.initialVideo, \.initialLatents, \.noise, \.schedulerConfiguration,
    ]
    for field in fields {
      for (path, hash) in [
        (path, nil), (path, "00"), ("/dev/zero", hash), ("/proc/kmsg", hash), ("/nowhere", hash), ("/", hash),
      ] {
        var request = GenerationRequest()
        request[keyPath: field] = file(path, hash)
        #expect(throws: RecordError.self, "\(path)") { try record(request).checked() }
      }
      var request = GenerationRequest()
      request[keyPath: field] = file("/elsewhere", hash)
      let found = try record(request).checked(replacements: ["/elsewhere": path])
      #expect(found.request[keyPath: field]?.path == path)
      #expect(throws: RecordError.unnamed(path: "/elswhere", named: ["/elsewhere"])) {
        try record(request).checked(replacements: ["/elswhere": path])
      }
    }
    for device in ["/dev/zero", "/dev/null", "/proc/kmsg", "/proc/kcore", "/sys/kernel/uevent_seqnum"] {
      var request = GenerationRequest()
      request.vae = file(device, hash)
      #expect(throws: RecordError.self) { try record(request).checked() }
      request = GenerationRequest()
      request.negativeEmbeddings = [file(device, hash)]
      #expect(throws: RecordError.self) { try record(request).checked() }
      request = GenerationRequest()
      request.controls = [ControlCondition(net: file(path, hash), image: file(device, hash))]
      #expect(throws: RecordError.self) { try record(request).checked() }
    }
  }

  @Test func `Prompts, lists and numbers beyond the limits are refused`() throws {
    let changes: [(inout GenerationRequest) -> Void] = [
      { $0.prompt = String(repeating: "BREAK ", count: 20_000) },
      { $0.negativePrompt = String(repeating: "a", count: 1 << 20) },
      { $0.negativeEmbeddings = Array(repeating: FileReference(path: "x"), count: 1000) },
      { $0.embeddings = Array(repeating: FileReference(path: "x"), count: 1000) },
      { $0.loras = Array(repeating: FileReference(path: "x"), count: 1000) },
      { request in
        let control = ControlCondition(net: FileReference(path: "x"), image: FileReference(path: "y"))
        request.controls = Array(repeating: control, count: 1000)
      },
      { $0.steps = 1 << 40 }, { $0.width = 1 << 40 }, { $0.scale = 1 << 40 },
    ]
    for change in changes {
      var request = GenerationRequest()
      change(&request)
      #expect(throws: RequestError.self) { try record(request).checked() }
    }
    var threads = try record(GenerationRequest())
    threads.compute.threads = 1 << 40
    #expect(throws: RecordError.self) { try threads.checked() }
  }

  @Test func `A prompt of more chunks than are encoded at once is refused`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: String(repeating: "BREAK ", count: 2000))
    (request.promptWeighting, request.steps) = (.a1111, 1)
    #expect(throws: RequestError.self) { try model.generate(request) { _ in } }
  }
}
