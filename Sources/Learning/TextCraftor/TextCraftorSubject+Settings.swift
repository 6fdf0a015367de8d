import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceTensors

extension TextCraftorSubject {
  /// What the result of a run depends on beside its plan: files and lists by their content.
  ///
  /// - Throws: `ModelError` of a file that cannot be read.
  func settings(_ source: TextCraftorTask.Source, held: [String]) throws -> [String: String] {
    func digest(_ lines: [String]) -> String {
      "\(lines.count), SHA-256 \(SHA256.hexadecimal(of: lines.joined(separator: "\n").utf8).prefix(16))"
    }
    let settings = rollout.settings
    var all = [
      "method": "textcraftor", "model": String((provenance.baseModelHash ?? "").prefix(16)),
      "computed in": model.dtype.rawValue, "rewards": rewardFiles, "prompts to validate on": digest(held),
      "tuned": tuned, "sampling steps": "\(settings.samplingSteps)", "recorded steps": "\(settings.recordedSteps)",
      "tested steps": "\(settings.stepsTested)", "guidance scale": "\(settings.guidanceScale)",
      "grid": settings.grid.rawValue, "constraint": settings.constraint.rawValue,
      "preparation": settings.preparation.rawValue, "batch": "\(settings.batch)",
      "together": "\(settings.samplesAtOnce)", "seed": "\(settings.seed)", "text encoder": encoder ?? "the model's",
    ]
    all.merge(settings.size.setting) { $1 }
    switch source {
    case .prompts(let prompts): all["prompts"] = digest(prompts)
    case .pictures(let pictures):
      let hash = try ModelIdentity.hash(ofFiles: pictures.items.map(\.path))
      all["pictures"] = "\(digest(pictures.captions)), content \(hash.prefix(16))"
    }
    return all
  }

  /// What is learned, in words.
  private var tuned: String {
    let settings = rollout.settings
    guard let lora = settings.lora else { return "\(settings.network.rawValue), all weights" }
    return "\(settings.network.rawValue), a LoRA of rank \(lora.rank), alpha \(lora.alpha), on the layers "
      + lora.layers.rawValue
  }
}
