import Foundation
import NegativeSpacePipelines

extension DreamArtistLearning {
  /// How the words were learned, for their files.
  ///
  /// - Throws: `ModelError`.
  func provenance(_ step: Int) throws -> EmbeddingProvenance {
    let settings = subject.settings
    var provenance = EmbeddingProvenance()
    provenance.method =
      !settings.isPair ? "textual inversion" : settings.lora == nil ? "dreamartist" : "dreamartist++"
    provenance.baseModel = URL(fileURLWithPath: model.path).lastPathComponent
    provenance.baseModelHash = try model.identity().hash
    provenance.prompts =
      settings.templates == DreamArtistSettings.usualTemplates
      ? "usual templates" : settings.templates.prefix(3).joined(separator: " | ")
    (provenance.pictures, provenance.steps) = (pictures.map(\.name), step)
    provenance.guidance = settings.isPair ? "\(settings.guidance)" : nil
    provenance.seed = Int(truncatingIfNeeded: settings.seed)
    return provenance
  }

  /// What the result depends on beside the plan: pictures and templates by their content.
  ///
  /// - Throws: `ModelError`.
  func identity(_ plan: DreamArtistPlan) throws -> [String: String] {
    let settings = subject.settings
    let shown = pictures.map { picture in
      [picture.frame, picture.attention].compactMap { $0 }
        .map { "\($0.width)×\($0.height) " + SHA256.hexadecimal(of: $0.pixels).prefix(16) }.joined(separator: " under ")
    }
    var identity = [
      "method": "dreamartist", "model": String(try model.identity().hash.prefix(16)),
      "computed in": model.dtype.rawValue, "pictures": shown.joined(separator: ", "), "token": token,
      "positive vectors": "\(settings.positiveVectors)", "negative vectors": "\(settings.negativeVectors)",
      "guidance": settings.isPair ? "\(settings.guidance)" : "none", "initial words": settings.initialWords,
      "templates": String(SHA256.hexadecimal(of: settings.templates.joined(separator: "\n").utf8).prefix(16)),
      "reconstruction": "\(settings.reconstruction)", "batch": "\(settings.batch)",
      "together": "\(settings.samplesAtOnce)", "clip skip": "\(settings.clipSkip)", "seed": "\(settings.seed)",
      "rate of the word to avoid": settings.isPair ? "\(plan.negativeRate ?? plan.rate)" : "none",
    ]
    identity.merge(settings.size.setting) { $1 }
    if let gamma = settings.minSNR { identity["Min-SNR"] = "\(gamma)" }
    if settings.loraRank > 0 {
      identity["lora rank"] = "\(settings.loraRank)"
      identity["rate of the loras"] = "\(plan.loraRate) and \(plan.negativeLoRARate)"
      if settings.hasTextEncoderLoRA { identity["loras"] = "on denoiser and text encoder" }
    }
    return identity
  }
}
