import Foundation
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTraining

extension FamilyRuns {
  /// Starting weights of a temporal network: the finished image network's.
  ///
  /// - Parameter smaller: diffusers' `unet` folder of a smaller family's network of the same kind; what acts in time
  ///   begins with its weights.
  func videoStart(_ part: FamilyPart, smaller: String? = nil) throws -> VideoStart {
    let image = try snapshot(.image)
    let temporal: any WeightSource =
      try smaller.map { try GrownWeights(denoiser: $0, seed: 2) } ?? RandomWeights(seed: 2)
    guard part == .lvdm else { return VideoStart(image: image, temporal: temporal) }
    return try VideoStart(lvdm: EmojiFamily.lvdmUNet(), image: image, temporal: temporal)
  }

  /// `learned` and what the network of a temporal part has besides.
  ///
  /// As long as only what acts in time has been learned, the run holds nothing else.
  func completed(_ part: FamilyPart, _ learned: [String: Tensor]) throws -> [String: Tensor] {
    let recipe = try DenoiserRecipe(part, frames: EmojiFamily.frames)
    let asked = RandomWeights(seed: 2)
    _ = try recipe.configuration.network(WeightScope(asked))
    // Tables of places are computed, not learned.
    let missing = asked.requests.filter { learned[$0.name] == nil && !$0.name.hasSuffix(".pos_embed.pe") }
    guard !missing.isEmpty else { return learned }
    let start = try videoStart(part)
    return try missing.reduce(into: learned) { all, request in
      all[request.name] = try start.tensor(
        request.name, shape: request.shape, role: request.role, initial: request.initial)
    }
  }
}

extension DenoiserRecipe {
  /// The denoiser of a part of the family.
  ///
  /// - Parameter frames: of a clip.
  /// - Throws: `TrainingError.missingInput` for parts that are none.
  init(_ part: FamilyPart, frames: Int?) throws {
    switch part {
    case .image: self.init(try EmojiFamily.imageUNet())
    case .video: self.init(try EmojiFamily.videoUNet(), frames: frames)
    case .motion: self.init(try EmojiFamily.motionUNet(), frames: frames)
    case .lvdm: self.init(try EmojiFamily.lvdmUNet(), frames: frames)
    case .tokenizer, .autoencoder, .clip, .words, .judge, .reward, .controlNet:
      throw TrainingError.missingInput("the part '\(part.rawValue)' is no denoiser")
    }
  }
}
