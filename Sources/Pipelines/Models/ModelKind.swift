import NegativeSpaceNetworks
package import NegativeSpaceWeights

/// Kind of a model's output.
public enum ModelKind: String, Codable, Sendable, CaseIterable {
  /// Single pictures.
  case image
  /// Pictures that belong together, frame by frame.
  case video

  /// Kind of output by the pipeline's class in diffusers: that of its denoisers.
  static let pipelines = [String: ModelKind](
    DenoiserRegistry.all.flatMap { type in type.pipelineClasses.map { ($0, ModelKind(type.layout)) } },
    uniquingKeysWith: { first, _ in first })

  /// The denoiser's classes in diffusers.
  var denoisers: [String] { DenoiserRegistry.all.filter { ModelKind($0.layout) == self }.map { $0.className } }

  private init(_ layout: LatentLayout) { self = layout == .pictures ? .image : .video }
}

extension ModelKind {
  /// The kind of a model's pipeline.
  ///
  /// - Throws: `ModelError.unknownClass`, `ModelFolderError.missingComponent`.
  package init(of source: any ModelSource) throws {
    let pipeline = source.pipelineClass ?? "pipeline without a _class_name"
    guard let kind = Self.pipelines[pipeline] else {
      throw ModelError.unknownClass(
        path: source.path, what: "pipeline", found: pipeline, known: Self.pipelines.keys.sorted())
    }
    // Autoencoder and scheduler may be replaced by a request.
    let expected = [
      "unet": kind.denoisers, "text_encoder": ["CLIPTextModel"],
      "tokenizer": ["CLIPTokenizer", "CLIPTokenizerFast"],
    ]
    for (part, names) in expected.sorted(by: { $0.key < $1.key }) {
      guard let found = source.components[part]?.name else {
        _ = try source.component(part)
        continue
      }
      guard names.contains(found) else {
        throw ModelError.unknownClass(path: source.path, what: part, found: found, known: names)
      }
    }
    self = kind
  }
}
