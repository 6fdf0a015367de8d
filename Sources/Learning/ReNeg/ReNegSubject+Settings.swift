import Foundation
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceTensors

extension ReNegSubject {
  /// What the result of a run depends on beside its plan: files and lists by their content.
  func settings(train: [String], held: [String], start: Tensor) throws -> [String: String] {
    let settings = rollout.settings
    let states = start.floats.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
    return try sampleSettings(train: train, held: held).merging([
      "method": "reneg", "start": String(states.prefix(16)), "tail": "\(settings.tail)", "stops": "\(settings.stops)",
      "through": "\(settings.through)", "batch": "\(settings.batch)", "flicker": "\(settings.flicker)",
      "seed": "\(settings.seed)",
    ]) { $1 }
  }

  /// What samples and their scores depend on.
  func sampleSettings(train: [String], held: [String]) throws -> [String: String] {
    func digest(_ prompts: [String]) -> String {
      "\(prompts.count), SHA-256 \(SHA256.hexadecimal(of: prompts.joined(separator: "\n").utf8).prefix(16))"
    }
    let settings = rollout.settings
    var own = [
      "model": String((provenance.baseModelHash ?? "").prefix(16)), "computed in": dtype.rawValue,
      "rewards": rewardFiles, "prompts": digest(train), "prompts to validate on": digest(held),
      "sampling steps": "\(settings.samplingSteps)", "guidance scale": "\(settings.guidanceScale)",
      "together": "\(settings.samplesAtOnce)",
    ]
    own.merge(settings.size.setting) { $1 }
    if let rule = settings.attentionNegative {
      let options = settings.attentionOptions.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
      own["attention"] = rule.rawValue + options.joined()
    }
    if !settings.clipRewards.isEmpty {
      own["clip rewards"] = settings.clipRewards.map { "\($0.weight) × \($0.kind.rawValue)" }.joined(separator: " + ")
    }
    return own
  }
}

extension RewardName {
  /// Name, weight and content of a reward.
  ///
  /// - Throws: `ModelError` of a file that cannot be read.
  func identity() throws -> String {
    let files = try [path, head].compactMap { $0 }.flatMap { path -> [String] in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        return [path]
      }
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { name in
        !name.hasPrefix(".") && [".safetensors", ".json", ".txt", ".bin", ".pt"].contains { name.hasSuffix($0) }
      }.map { "\(path)/\($0)" }
    }
    return "\(weight) × \(kind.rawValue) \(try ModelIdentity.hash(ofFiles: files).prefix(16))"
  }
}
