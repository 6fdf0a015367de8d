package import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceText

/// A model of which one network is tuned, the text encoder or the denoiser; all else is frozen.
package struct TextCraftorModel: Sendable {
  /// The model as it is.
  package let own: FrozenModel
  package let tuned: TunedWeights
  /// The encoder of the last steps where the denoiser is tuned; nil is the model's own.
  package let lastText: TextConditioner?

  package init(_ own: FrozenModel, tuned: TunedWeights, lastText: TextConditioner? = nil) {
    (self.own, self.tuned, self.lastText) = (own, tuned, lastText)
  }

  /// The networks of the recorded steps.
  package struct Networks: Sendable {
    package let tower: any TextTower
    package let denoiser: any Denoiser

    package init(tower: any TextTower, denoiser: any Denoiser) { (self.tower, self.denoiser) = (tower, denoiser) }
  }

  /// The model's own networks: what it is without tuning.
  package var ownNetworks: Networks {
    Networks(tower: (lastText ?? own.text).tower, denoiser: own.denoiser)
  }

  /// The networks with what was learned, or is being learned.
  ///
  /// - Throws: the errors of the weight source.
  package func networks(_ learned: any WeightSource) throws -> Networks {
    Networks(
      tower: try tuned.textEncoder(learned) ?? ownNetworks.tower,
      denoiser: try tuned.denoiser(learned) ?? own.denoiser)
  }

  /// The states of prompts, and of the empty prompt, by an encoder; recorded where it asks for gradients.
  package func states(_ prompts: [String], by tower: any TextTower) -> TextRows {
    let length = tower.shape.positions
    let ids = (prompts + [""]).map { own.text.tokenizer.encode($0, length: length).ids }
    let all = tower(ids)
    let count = prompts.count
    return TextRows(
      positive: all.states.slice(axis: 0, from: 0, to: count),
      negative: all.states.slice(axis: 0, from: count, to: count + 1),
      pooled: all.pooled?.slice(axis: 0, from: 0, to: count))
  }
}

/// What an encoder makes of B prompts and of the empty one.
package struct TextRows: Sendable {
  /// (B, T, D).
  package let positive: Tensor
  /// (1, T, D), of the empty prompt.
  package let negative: Tensor
  /// (B, D), the states of the prompts' ends; nil for an encoder that has none.
  package let pooled: Tensor?
}
