import NegativeSpaceNetworks
import NegativeSpaceTensors

/// A denoiser of which the way back remembers no more than what each call was given, and computes the call again.
struct CheckpointedCalls: Denoiser {
  let network: any Denoiser

  func predict(_ latents: Tensor, _ inputs: DenoiserInputs) -> Tensor {
    checkpoint([latents, inputs.text]) { given in
      var again = inputs
      again.text = given[1]
      return network.predict(given[0], again)
    }
  }
}
