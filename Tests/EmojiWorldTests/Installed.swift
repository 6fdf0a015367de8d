import Foundation
import NegativeSpaceEmojiWorld

/// Files that are needed for training only and may be missing on this machine.
enum Installed {
  static let font = FileManager.default.isReadableFile(atPath: SpriteSheet.defaultFontPath)
  static let names = FileManager.default.isReadableFile(atPath: EmojiNames.defaultPath)
}

/// Fixture files of this folder.
func fixture<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
  let url = Bundle.module.bundleURL.appending(path: "Fixtures/\(name).json")
  return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
}
