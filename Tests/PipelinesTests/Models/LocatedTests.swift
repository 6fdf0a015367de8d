import Foundation
import NegativeSpacePipelines
import NegativeSpaceWeights
import Testing

/// Models by their names on the hub.
struct LocatedTests {
  @Test func `A path wins, then the cache, and what is in neither comes with the command that gets it`() throws {
    let folder = Fixtures.temporary("hub")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let place = folder + "/models--owner--tiny/snapshots"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: place + "/1", withDestinationPath: Fixtures.path("tiny-image"))
    let hub = HubCache(environment: ["HF_HUB_CACHE": folder])

    let found = try located("owner/tiny", in: hub)
    #expect(found == place + "/1")
    #expect(try DiffusionModel(path: found).kind == .image)
    #expect(try located(place + "/1", in: hub) == place + "/1")
    // No name of the hub: left to whoever opens it.
    #expect(try located("/no/such/model", in: hub) == "/no/such/model")
    let error = #expect(throws: ModelError.notInHub(name: "owner/other", cache: folder)) {
      try located("owner/other", in: hub)
    }
    // One pattern an option: `hf` takes what follows a second one for names of files.
    #expect(error?.description.contains(#"hf download owner/other --include "*.json" --include "*.txt""#) == true)
  }

  @Test func `A repository that is one file of weights is that file`() throws {
    let folder = Fixtures.temporary("hub")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let place = folder + "/models--owner--file/snapshots/1"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    for name in ["model.ckpt", "README.md", ".gitattributes"] {
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(place)/\(name)"))
    }
    let hub = HubCache(environment: ["HF_HUB_CACHE": folder])
    #expect(try located("owner/file", in: hub) == place + "/model.ckpt")
    // With a second one, or with a configuration, it is the folder that has to be read.
    try Data("{}".utf8).write(to: URL(fileURLWithPath: place + "/config.json"))
    #expect(try located("owner/file", in: hub) == place)
    try FileManager.default.removeItem(atPath: place + "/config.json")
    try Data("x".utf8).write(to: URL(fileURLWithPath: place + "/other.safetensors"))
    #expect(try located("owner/file", in: hub) == place)
  }
}
