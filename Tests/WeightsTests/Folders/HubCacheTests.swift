import Foundation
import NegativeSpaceWeights
import Testing

/// The hub's cache as huggingface_hub lays it out.
struct HubCacheTests {
  private func withCache<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private func make(_ place: String, commits: [String], main: String?) throws {
    for commit in commits {
      try FileManager.default.createDirectory(atPath: "\(place)/snapshots/\(commit)", withIntermediateDirectories: true)
    }
    guard let main else { return }
    try FileManager.default.createDirectory(atPath: place + "/refs", withIntermediateDirectories: true)
    try Data(main.utf8).write(to: URL(fileURLWithPath: place + "/refs/main"))
  }

  @Test func `The main branch's commit is taken, else the only one`() throws {
    try withCache { folder in
      let hub = HubCache(environment: ["HF_HUB_CACHE": folder])
      #expect(hub.snapshot(of: "a/b-c.d") == nil)
      try make(folder + "/models--a--b-c.d", commits: ["111", "222"], main: "222\n")
      #expect(hub.snapshot(of: "a/b-c.d") == folder + "/models--a--b-c.d/snapshots/222")
      try make(folder + "/models--a--one", commits: ["333"], main: nil)
      #expect(hub.snapshot(of: "a/one") == folder + "/models--a--one/snapshots/333")
      try make(folder + "/models--a--two", commits: ["333", "444"], main: nil)
      #expect(hub.snapshot(of: "a/two") == nil)
    }
  }

  @Test func `Its place follows huggingface_hub's variables`() {
    func folder(_ environment: [String: String]) -> String? { HubCache(environment: environment).folder }
    let home = ["HOME": "/h"]
    #expect(folder(home) == "/h/.cache/huggingface/hub")
    #expect(folder(home.merging(["XDG_CACHE_HOME": "/x"]) { $1 }) == "/x/huggingface/hub")
    #expect(folder(["HF_HOME": "/f", "XDG_CACHE_HOME": "/x"]) == "/f/hub")
    #expect(folder(["HF_HUB_CACHE": "/c", "HF_HOME": "/f"]) == "/c")
    #expect(folder(["HF_HUB_CACHE": "", "HOME": "/h"]) == "/h/.cache/huggingface/hub")
    #expect(folder([:]) == nil)
    // As huggingface_hub expands them.
    for place in ["~/f", "$HOME/f", "${HOME}/f"] { #expect(folder(["HF_HOME": place, "HOME": "/h"]) == "/h/f/hub") }
    #expect(folder(["HF_HUB_CACHE": "$NONE/f", "HOME": "/h"]) == "$NONE/f")
  }

  @Test(arguments: ["a", "a/b/c", "/a", "a/", "../b", "a/..", "a/b c", "a/b\n", "a--b/c", "é/b"])
  func `What leads elsewhere is no name`(_ text: String) { #expect(!HubCache.isName(text)) }
}
