import Foundation
package import NegativeSpaceNetworks
import NegativeSpaceWeights

/// A model as one request wants it: its files, and what the request puts in the place of parts or adds to them.
///
/// It says which parts a generation needs; `ModelParts` loads them.
package struct RequestedModel: Sendable {
  package let files: ModelFiles
  /// The autoencoder in place of the model's own, with its hash.
  let otherAutoencoder: OtherAutoencoder?
  /// The configuration of the autoencoder that makes the frames.
  package let autoencoder: any LatentCodecConfiguration
  let defaults: ModelDefaults
  let loras: LoRASelection
  /// Those of the avoided branch with them; nil where it has none of its own.
  let negativeLoras: LoRASelection?
  /// The encoders that are mixed with the model's own.
  let tunedEncoders: [TunedTextEncoder]
  /// The model of the avoided branch, where it is another.
  let negativeModel: NegativeModel?

  /// - Throws: `ModelError.mismatch` for an autoencoder of other latents, and what is wrong with the model's own where
  ///   there is none in its place.
  init(
    _ files: ModelFiles, autoencoder: OtherAutoencoder?, loras: LoRASelection, negativeLoras: LoRASelection? = nil,
    tunedEncoders: [TunedTextEncoder], negativeModel: NegativeModel? = nil
  ) throws {
    (self.files, otherAutoencoder) = (files, autoencoder)
    (self.loras, self.negativeLoras) = (loras, negativeLoras)
    (self.tunedEncoders, self.negativeModel) = (tunedEncoders, negativeModel)
    self.autoencoder = try autoencoder?.files.configuration ?? files.autoencoder.get()
    try files.checkThatDenoiserFits(self.autoencoder)
    if case .failure = files.autoencoder {
      defaults = try files.defaults(factor: self.autoencoder.factor)
    } else {
      defaults = files.defaults
    }
  }

  /// Pixels of a picture's edge for one latent.
  var factor: Int { autoencoder.factor }
  /// Whether the denoiser is for inpainting.
  package var readsMask: Bool { files.readsMask(with: autoencoder) }

  var path: String { files.path }
  var kind: ModelKind { files.kind }
  var textWidth: Int { files.denoiser.textWidth }

  /// The LoRAs of the avoided branch where its own ones change any of these networks; nil where both branches have the same.
  func negativeLoras(changing networks: LoRANetwork...) -> LoRASelection? {
    negativeLoras.flatMap { $0.added.isDisjoint(with: networks) ? nil : $0 }
  }

  /// Name of the text space: the model's, with the LoRAs that change its text encoder.
  ///
  /// The space itself is told by a probe of the encoder as it is in use; a LoRA makes another encoder.
  var textSpaceName: String {
    ([URL(fileURLWithPath: path).lastPathComponent] + loras.textEncoderNames).joined(separator: " + ")
  }
}

/// An autoencoder that a request puts in the place of the model's own.
struct OtherAutoencoder: Sendable {
  /// With its hash.
  let reference: FileReference
  let files: AutoencoderFiles

  /// - Throws: errors in its files, `RequestError`, `ModelError.changedFile`.
  init(_ reference: FileReference) throws {
    files = try AutoencoderFiles(path: reference.filePath(for: RequestField(.vae)))
    self.reference = try AutoencoderFiles.hashed(reference)
  }
}
