/// A field of a request, or of what goes with one, by its name in JSON.
///
/// Errors, warnings and notes of every module name fields so, in backticks within a sentence, and know nothing of
/// whoever reads them: each front end spells them as its users type them, `init_img` as `--init-img` on the command
/// line.
public struct RequestField: Hashable, Sendable {
  /// The name in JSON, such as `guidance_scale`.
  public let name: String

  /// Fields beside those of a `GenerationRequest`: of its model and its ControlNets, of files, scores and comparisons.
  package enum Companion: String, CaseIterable, Sendable {
    case model, config, tokenizer, variant, ema
    case motionAdapter = "motion_adapter"
    case controlNet = "control_net"
    case controlImage = "control_image"
    case controlStrength = "control_strength"
    case controlGuidanceStart = "control_guidance_start"
    case controlGuidanceEnd = "control_guidance_end"
    case loraModelDir = "lora_model_dir"
    case canny, output, taesd
    case reward, judge, negative, arm, baseline, seeds
  }

  package init(_ key: GenerationRequest.CodingKeys) { name = key.rawValue }

  init(named key: some CodingKey) { name = key.stringValue }

  package init(_ companion: Companion) { name = companion.rawValue }

  private init?(mentioned name: String) {
    guard GenerationRequest.CodingKeys(rawValue: name) != nil || Companion(rawValue: name) != nil else { return nil }
    self.name = name
  }

  /// A text of this library with the fields that it mentions spelled by `spelling`.
  public static func spell(_ text: String, by spelling: (RequestField) -> String) -> String {
    text.replacing(/`([a-z0-9_]+)`/) { match in
      RequestField(mentioned: String(match.1)).map(spelling) ?? String(match.0)
    }
  }
}

extension DefaultStringInterpolation {
  /// Mentions a field of a request.
  package mutating func appendInterpolation(field key: GenerationRequest.CodingKeys) {
    appendInterpolation("`\(key.rawValue)`")
  }

  /// Mentions another field.
  package mutating func appendInterpolation(field companion: RequestField.Companion) {
    appendInterpolation("`\(companion.rawValue)`")
  }
}
