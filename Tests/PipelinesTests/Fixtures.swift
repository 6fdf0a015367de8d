import Foundation
import NegativeSpacePipelines
import NegativeSpaceTestSupport
import Testing

/// Files that Fixtures/make_pipelines.py made.
enum Fixtures {
  /// A path below the folder.
  static func path(_ name: String) -> String {
    Bundle.module.resourceURL?.appending(path: "Fixtures/\(name)").path ?? name
  }

  static func tensors() throws -> FixtureFile { try FixtureFile(URL(fileURLWithPath: path("runs.safetensors"))) }

  /// A file name that nobody uses, in a folder that is there.
  static func temporary(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "negspace-\(UUID().uuidString)-\(name)").path
  }

  /// A copy of a model's folder to be damaged, links replaced by what they lead to.
  static func copy(of model: String) throws -> String {
    let target = temporary(model)
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: path(model)) {
      let source = URL(fileURLWithPath: path("\(model)/\(name)")).resolvingSymlinksInPath()
      try FileManager.default.copyItem(at: source, to: URL(fileURLWithPath: "\(target)/\(name)"))
    }
    return target
  }

  /// Names another class for a part in the index of the model in `folder`; nil takes the part out.
  static func index(_ part: String, as name: String?, library: String = "diffusers", in folder: String) throws {
    let url = URL(fileURLWithPath: folder + "/model_index.json")
    var index = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    index[part] = name.map { [library, $0] }
    try JSONSerialization.data(withJSONObject: index).write(to: url)
  }
}

/// One line of runs.json: a whole run that diffusers made.
struct ReferenceRun: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let model: String
  let decode: Bool?
  let negative_embedding: Bool?

  var testDescription: String { name }

  static func all() -> [ReferenceRun] {
    (try? JSONDecoder().decode([ReferenceRun].self, from: Data(contentsOf: url))) ?? []
  }

  static var url: URL { URL(fileURLWithPath: Fixtures.path("runs.json")) }

  /// The same settings as a request, which is spelled alike.
  func request() throws -> GenerationRequest {
    struct Named: Decodable {
      let name: String
      let request: GenerationRequest

      private enum CodingKeys: String, CodingKey { case name }

      init(from decoder: any Decoder) throws {
        name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .name)
        request = try GenerationRequest(from: decoder)
      }
    }
    let runs = try JSONDecoder().decode([Named].self, from: Data(contentsOf: Self.url))
    var request = runs.first { $0.name == name }?.request ?? GenerationRequest()
    request.scale = 1
    return request
  }
}
