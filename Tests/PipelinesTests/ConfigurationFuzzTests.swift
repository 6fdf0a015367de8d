import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// The readers of config.json on files that were damaged at random.
@Suite struct ConfigurationFuzzTests {
  @Test func configurations() throws {
    let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Models/emoji-video")
    let names = ["unet/config.json", "vae/config.json", "text_encoder/config.json", "scheduler/scheduler_config.json"]
    var fuzzing = try Fuzzing(
      "JSON configurations", corpus: try names.map { try Data(contentsOf: model.appending(path: $0)) },
      words: ["null", "true", "-1", "0", "1e999", "9223372036854775807", "[", "{", "\"", "\\ud800", "[[[[", "NaN", ","])
    try fuzzing.run(file: "config.json") { folder in
      let config = try ConfigFile(path: folder.path("config.json"))
      _ = try? config.decode(UNet2DConditionConfiguration.self)
      _ = try? config.decode(UNet3DConditionConfiguration.self)
      _ = try? config.decode(AutoencoderKLConfiguration.self)
      _ = try? config.decode(CLIPTextConfiguration.self)
      _ = try? NoiseSchedule(config.decode(SchedulerConfiguration.self))
    }
  }
}
