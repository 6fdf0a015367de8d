package import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceWeights

/// The weights of a model's networks by name, as a training takes them up: the request's LoRAs are in them.
extension RequestedModel {
  /// The text encoder's, float32.
  ///
  /// - Throws: `WeightMismatch`, errors in the files.
  package func textEncoderTensors() throws -> [String: Tensor] {
    let weights = try textEncoderWeights(loras)
    let recording = RecordingWeights(weights)
    _ = try CLIPTextModel(files.text, WeightScope(recording))
    try weights.finish()
    return recording.tensors
  }

  /// The denoiser's, matrices in `dtype`.
  ///
  /// - Parameter isExact: names and shapes of matrices that are to be float32 in any case.
  /// - Throws: `WeightMismatch`, errors in the files.
  package func denoiserTensors(
    dtype: DataType, isExact: @escaping (String, [Int]) -> Bool = { _, _ in false }
  ) throws -> [String: Tensor] {
    let weights = try denoiserWeights(loras, dtype: dtype)
    let recording = RecordingWeights(weights, isExact: isExact)
    _ = try files.denoiser.network(WeightScope(recording))
    try weights.finish()
    return recording.tensors
  }

  /// The text encoder with these LoRAs in it, loaded, with the model's tokenizer.
  ///
  /// - Throws: `WeightMismatch`, `TokenizerError`, errors in the files.
  func promptEncoder(_ loras: LoRASelection) throws -> PromptEncoder {
    try PromptEncoder(
      tokenizer: files.tokenizer(), configuration: files.text, weights: textEncoderWeights(loras), of: files.path)
  }

  /// The source that the text encoder is built from, with LoRAs in it.
  ///
  /// - Throws: `TensorFileError`, errors in the files.
  private func textEncoderWeights(_ loras: LoRASelection) throws -> FileWeights {
    let readers = loras.merged(try files.source.component("text_encoder").readers(), of: .textEncoder)
    return try FileWeights(readers, recipe: .textEncoder, checkFinite: true)
  }

  /// The denoiser with these LoRAs in it, loaded.
  ///
  /// - Throws: `WeightMismatch`, errors in the files.
  func denoiser(_ loras: LoRASelection) throws -> any Denoiser {
    try denoiserWeights(loras, dtype: files.dtype.dataType).build { try files.denoiser.network($0) }
  }

  /// The source that the denoiser is built from, with LoRAs in it.
  ///
  /// - Throws: `TensorFileError`, errors in the files.
  func denoiserWeights(_ loras: LoRASelection, dtype: DataType) throws -> FileWeights {
    var readers = loras.merged(try files.source.component("unet").readers(), of: .denoiser)
    if let motion = files.motion { readers += loras.merged(try motion.part.readers(), of: .motion) }
    return try FileWeights(readers, dtype: dtype, checkFinite: true)
  }
}
