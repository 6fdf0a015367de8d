import Foundation
import NegativeSpaceSampling

extension ForeignSettings {
  /// The same asked of this program, as far as it goes, and what does not.
  ///
  /// What is not followed is not guessed: a sampler that there is none of, a second pass, a file that the settings name.
  public func request() -> (request: GenerationRequest, missing: [String]) {
    var request = GenerationRequest(prompt: prompt)
    request.negativePrompt = negativePrompt
    var missing = remarks
    // Both weigh brackets; without any there is nothing to weigh, and nothing to get wrong.
    if "\(prompt)\(negativePrompt)".contains(where: { "()[]\\".contains($0) }) || prompt.contains("BREAK") {
      request.promptWeighting = .a1111
      if program == .comfyUI { missing.append("brackets weigh as in A1111, not as in ComfyUI") }
    } else if program == .a1111 {
      request.longPrompt = .chunks
    }
    // A1111 draws on the graphics card unless it says otherwise.
    request.rng = program == .a1111 ? .nv : .torch
    for field in fields where !Self.silent.contains(field.name) {
      if let reason = Self.apply(field, to: &request) { missing.append(reason) }
    }
    return (request, missing)
  }

  /// Names that change no pixel.
  private static let silent: Set = [
    "Model hash", "Version", "Batch size", "Batch pos", "VAE hash", "Lora hashes", "TI hashes", "Template",
    "Negative Template", "Hashes", "Created Date", "Discard penultimate sigma",
  ]

  /// - Returns: what is missing, if it is not followed.
  private static func apply(_ field: Field, to request: inout GenerationRequest) -> String? {
    let (name, value) = (field.name, field.value)
    let asItStands = "\(name): \(value)"
    func number() -> Int? { Int(value) }
    switch name {
    case "Steps":
      guard let steps = number() else { return asItStands }
      request.steps = steps
    case "CFG scale":
      guard let scale = Double(value), scale.isFinite else { return asItStands }
      request.guidanceScale = scale
    case "Seed":
      guard let seed = Seed(value) else { return asItStands }
      request.seed = seed
    case "Size":
      let sides = value.split(separator: "x").map { Int($0) }
      guard sides.count == 2, let width = sides[0], let height = sides[1],
        [width, height].allSatisfy({ (1...16384).contains($0) })
      else { return asItStands }
      (request.width, request.height) = (width, height)
    case "Clip skip":
      guard let layer = number() else { return asItStands }
      request.clipSkip = layer
    case "Eta":
      guard let eta = Double(value) else { return asItStands }
      request.eta = eta
    case "RNG":
      guard let rng: RandomNumbers = ["CPU": .torch, "NV": .nv, "GPU": .nv, "NUMPY": .numpy][value] else {
        return asItStands
      }
      request.rng = rng
    case "Sampler": return applySampler(value, to: &request)
    case "Schedule type": return applySchedule(value, to: &request)
    case "Model": return "the model \(value), which --model stands for"
    case "VAE": return value == "None" || value == "Automatic" ? nil : "the autoencoder \(value)"
    case "LoRA": return "the LoRA \(value)"
    default: return asItStands
    }
    return nil
  }

  private static func applySampler(_ value: String, to request: inout GenerationRequest) -> String? {
    var name = value.lowercased()
    // Up to version 1.8 A1111 named the schedule with the sampler.
    for (ending, schedule) in [(" karras", SigmaSchedule.karras), (" exponential", .exponential)]
    where name.hasSuffix(ending) {
      name.removeLast(ending.count)
      request.schedule = schedule
    }
    guard let sampler = try? SamplerName(named: name) else {
      return "the sampler \(value), which is none of \(SamplerName.allCases.map(\.rawValue).joined(separator: ", "))"
    }
    request.sampler = sampler
    return nil
  }

  private static func applySchedule(_ value: String, to request: inout GenerationRequest) -> String? {
    switch value.lowercased() {
    // Evenly spaced timesteps, as without a schedule.
    case "automatic", "normal", "uniform": return nil
    case let name:
      guard let schedule = SigmaSchedule(rawValue: name) else { return "the schedule \(value)" }
      request.schedule = schedule
      return nil
    }
  }
}
