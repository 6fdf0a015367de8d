import ArgumentParser
import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling

/// Settings of the way from noise to a picture.
struct SamplingOptions: ParsableArguments {
  @Option(help: "Steps from noise to a picture. (default: the model's, else 25)")
  var steps: Int?

  @Option(
    name: [.customLong("guidance-scale"), .customLong("cfg-scale"), .customLong("cfg")],
    help:
      "How strongly the prompt is followed and the negative avoided. (default: the model's, else 7.5; ModelScope's kind 9, VideoCrafter 12)"
  )
  var guidanceScale: Double?

  @Option(
    help: ArgumentHelp("Share of the guided result brought back to the unguided spread, 0 to 1."))
  var guidanceRescale = 0.0

  @Option(
    help: ArgumentHelp(
      "The part of the steps that is guided, from and to, 0 to 1.", valueName: "a,b"))
  var guidanceInterval = "0,1"

  @Option(
    help: ArgumentHelp(
      "The arithmetic of guidance: \(GuidanceRuleName.typed.joined(separator: ", ")).",
      valueName: "name"))
  var guidanceRule = GuidanceRuleName.cfg

  @Option(
    help: ArgumentHelp(
      "An option of the rule by diffusers' name, such as eta=0; repeatable (docs/guidance.md).", valueName: "name=value"
    ))
  var guidanceOption: [String] = []

  @OptionGroup var attention: AttentionOptions

  @Option(
    help: ArgumentHelp(
      "Another model of the same base, whose denoiser runs in the avoided branch: a folder or a file.",
      valueName: "path"), completion: .file())
  var negativeModel: String?

  @Option(
    help: ArgumentHelp(
      "The part of the steps in which the negative holds, from and to, 0 to 1; elsewhere the empty prompt is avoided.",
      valueName: "a,b"))
  var negativeInterval = "0,1"

  @Option(
    name: [.customLong("sampler"), .customLong("sampling-method")],
    help: ArgumentHelp(
      "ddim, dpmpp_2m, euler, euler_a, unipc, pndm, lcm, ddpm, or a diffusers class name. (default: the model's own)",
      valueName: "name"), completion: .list(SamplerName.allCases.map(\.rawValue)))
  var sampler: String?

  @Option(
    name: [.customLong("schedule"), .customLong("scheduler")],
    help: ArgumentHelp(
      "How noise levels are spaced: discrete, karras, exponential. (default: the model's own)", valueName: "name"),
    completion: .list(SigmaSchedule.allCases.map(\.rawValue)))
  var schedule: String?

  @Option(
    help: ArgumentHelp(
      "A diffusers scheduler_config.json in place of the model's.", valueName: "file"),
    completion: .file())
  var schedulerConfig: String?

  @Option(
    help: ArgumentHelp(
      "Compute all of the denoiser at every n-th step only, its outermost blocks at the others (DeepCache): faster, less exact.",
      valueName: "n")
  )
  var featureInterval = 1

  @Flag(
    help: ArgumentHelp(
      "Compute the denoiser's linear layers in 8-bit integers: faster with AVX-512 VNNI, less exact."))
  var int8 = false

  @Option(help: ArgumentHelp("DDIM's share of fresh noise, 0 to 1. (default: 0; VideoCrafter 1)"))
  var eta: Double?

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: "Where the random numbers start, up to 2^64 - 1; negative: random, and printed."
  )
  var seed: Seed = 42

  @Option(help: ArgumentHelp("Whose random numbers: torch, nv, numpy."))
  var rng = RandomNumbers.torch

  @Option(
    help: ArgumentHelp(
      "Which layer of the text encoder is used, counted from the end: 1 is the last, 2 the penultimate."))
  var clipSkip = 1

  @Option(
    help: ArgumentHelp(
      "Start from these latents, [1, 4, H, W] or [1, 4, F, H, W] in safetensors, before the sampler scales them.",
      valueName: "file[:key]"), completion: .file())
  var initLatents: String?

  @Option(
    help: ArgumentHelp(
      "The noise an ancestral sampler consumes, in order, stacked on axis 0.", valueName: "file[:key]"),
    completion: .file())
  var noise: String?

  /// The numbers of `A,B`, of which the request says which go.
  ///
  /// - Throws: `ValidationError` of what is no number.
  static func interval(_ text: String, of option: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let number = Double(part.trimmingCharacters(in: .whitespaces)) else {
        throw ValidationError("\(option) is \(text); expected two numbers from 0 to 1, such as 0.2,0.8.")
      }
      return number
    }
  }

  /// Names and values of `NAME=VALUE`, each name once.
  ///
  /// - Throws: `ValidationError`.
  static func options(_ texts: [String], of option: String) throws -> [String: String] {
    var values: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("\(option) is \(text); expected NAME=VALUE")
      }
      guard values.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw ValidationError("\(option) gives \(parts[0]) twice; expected each name once")
      }
    }
    return values
  }

  func apply(to request: inout GenerationRequest) throws {
    request.steps = steps
    request.guidanceScale = guidanceScale
    request.guidanceRescale = guidanceRescale
    request.guidanceInterval = try Self.interval(guidanceInterval, of: "--guidance-interval")
    request.guidanceRule = guidanceRule
    request.guidanceOptions = try Self.options(guidanceOption, of: "--guidance-option")
    request.attentionNegative = attention.attentionNegative
    request.attentionOptions = try attention.options
    request.negativeModel = try negativeModel.map { FileReference(path: try located($0)) }
    request.negativeInterval = try Self.interval(negativeInterval, of: "--negative-interval")
    request.sampler = try sampler.map { try SamplerName(named: $0) }
    request.schedule = try schedule.map { try SigmaSchedule(named: $0) }
    request.schedulerConfiguration = schedulerConfig.map { FileReference(path: $0) }
    request.eta = eta
    request.featureInterval = featureInterval
    request.int8 = int8
    request.seed = seed
    request.rng = rng
    request.clipSkip = clipSkip
    request.initialLatents = initLatents.map { FileReference(keyed: $0) }
    request.noise = noise.map { FileReference(keyed: $0) }
  }
}
