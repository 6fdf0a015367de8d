import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceWeights

/// The model with its prediction decided, and the denoiser if it had to be loaded and run for that.
///
/// A single file with tensors of no known part is refused here, before anything is made of it.
/// - Throws: `CheckpointError`, or errors in the denoiser.
func decidePrediction(
  of source: any ModelSource, dtype: ComputeType
) throws -> (source: any ModelSource, tested: (any Denoiser)?) {
  guard let checkpoint = source as? CheckpointFile else { return (source, nil) }
  try checkpoint.requireAllKnown()
  guard checkpoint.prediction == .undecided else { return (checkpoint, nil) }
  let part = try checkpoint.component("unet")
  let configuration: UNet2DConditionConfiguration = try part.config().decode()
  let network = try part.weights(dtype: dtype.dataType, checkFinite: true)
    .build { try UNet2DConditionModel(configuration, $0) }
  return (checkpoint.deciding(isVelocity: network.predictsVelocity), network)
}

extension UNet2DConditionModel {
  /// Whether the network predicts velocities, told by its output for a constant picture at the noisiest timestep.
  ///
  /// There, nearly everything is noise: a predicted noise is the input itself, a predicted velocity (α·noise − σ·x₀, α
  /// near 0) is far below it. The test and its threshold are those of the A1111 web UI
  /// (`is_using_v_parameterization_for_sd2`).
  var predictsVelocity: Bool {
    let constant = Tensor(repeating: 0.5, shape: [1, 8, 8, configuration.inChannels])
    let text = Tensor(repeating: 0.5, shape: [1, 2, configuration.crossAttentionDim])
    let difference = self(constant, timesteps: [999], text: text).floats.reduce(0) { $0 + Double($1) - 0.5 }
    return difference / Double(constant.count) < -1
  }
}
