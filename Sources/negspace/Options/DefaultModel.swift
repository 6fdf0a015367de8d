import Foundation
import NegativeSpacePipelines

/// Finds a model of the family that ships with the program.
enum DefaultModel {
  static func name(_ kind: ModelKind) -> String { kind == .image ? "emoji-image" : "emoji-video" }

  /// The folder called `name` that holds `file`: in NEGSPACE_MODELS, in a folder Models beside the program or above it,
  /// where it is installed in share/negspace/Models, or in Models of the current folder.
  ///
  /// - Throws: `ModelError.noDefaultModel`, which lists where it looked.
  static func folder(_ name: String, with file: String = "model_index.json") throws -> String {
    let places = places
    for place in places where FileManager.default.fileExists(atPath: "\(place)/\(name)/\(file)") {
      return "\(place)/\(name)"
    }
    throw ModelError.noDefaultModel(name: name, lookedIn: places)
  }

  private static var places: [String] {
    if let given = ProcessInfo.processInfo.environment["NEGSPACE_MODELS"], !given.isEmpty { return [given] }
    var places: [String] = []
    if let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      // …/.build/x86_64-unknown-linux-gnu/release/negspace is four levels below the package.
      var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
      // PREFIX/bin/negspace is one level below PREFIX.
      places.append(folder.deletingLastPathComponent().appending(path: "share/negspace/Models").path)
      for _ in 0..<5 where folder.path != "/" {
        places.append(folder.appending(path: "Models").path)
        folder.deleteLastPathComponent()
      }
    }
    let here = FileManager.default.currentDirectoryPath + "/Models"
    if !places.contains(here) { places.append(here) }
    return places
  }
}
