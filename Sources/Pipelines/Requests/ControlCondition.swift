/// A ControlNet and the picture that it is shown.
public struct ControlCondition: Codable, Sendable, Hashable {
  /// A diffusers folder, or a single file; its hash is taken over pieces of large files.
  public var net: FileReference
  /// A picture; on models of videos also a video, frame by frame.
  public var image: FileReference
  /// Factor of what the network adds; 0 switches it off.
  public var strength = 1.0
  /// Whether the picture is replaced by its edges first.
  public var canny = false
  /// The share of the steps that go by before it begins, 0 to 1.
  public var guidanceStart = 0.0
  /// The share of the steps after which it ends, 0 to 1.
  public var guidanceEnd = 1.0

  /// A ControlNet at full strength for all steps.
  public init(net: FileReference, image: FileReference) { (self.net, self.image) = (net, image) }

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case net = "control_net"
    case image = "control_image"
    case strength = "control_strength"
    case canny
    case guidanceStart = "control_guidance_start"
    case guidanceEnd = "control_guidance_end"
  }
}

extension ControlCondition: Ruled {
  static func rule(_ key: CodingKeys) -> Rule {
    switch key {
    case .net: Rule(\.net, inMemory: [])
    case .image: Rule(\.image, inMemory: [.picture, .video])
    case .strength: Rule(\.strength, 0...10)
    case .canny: Rule(\.canny)
    case .guidanceStart: Rule(\.guidanceStart)
    case .guidanceEnd: Rule(\.guidanceEnd)
    }
  }

  /// Reads a condition; what is missing but the network and its picture takes its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      net: try values.decode(FileReference.self, forKey: .net),
      image: try values.decode(FileReference.self, forKey: .image))
    try read(decoder)
  }

  /// Checks what can be checked without a model.
  ///
  /// - Throws: `RequestError`.
  func validate() throws {
    try checkRanges()
    // diffusers' conditions.
    guard guidanceStart >= 0, guidanceStart < guidanceEnd, guidanceEnd <= 1 else {
      throw RequestError(
        .controlGuidanceStart, found: "\(guidanceStart) with \(field: .controlGuidanceEnd) \(guidanceEnd)",
        expected: "two numbers from 0 to 1, the start before the end")
    }
  }
}
