/// Plan of the learning of words: its length, its rates, and the folder of its state.
public struct DreamArtistPlan: Sendable, Hashable {
  /// The folder of checkpoint, log and previews; a plan that is run again in it goes on from there.
  public var folder: String
  /// Optimiser steps in all.
  public var steps: Int
  /// Learning rate of the word to say; it stays.
  public var rate: Float = 3e-3
  /// Learning rate of the word to avoid; nil is the same.
  public var negativeRate: Float?
  /// Learning rate of the LoRA of the word to say, in DreamArtist++.
  public var loraRate: Float = 1e-4
  /// Learning rate of the LoRA of the word to avoid; a high one lets pictures collapse.
  public var negativeLoRARate: Float = 4e-5
  /// Steps between two preview sheets, which also log the loss of fixed noises.
  public var previewEvery = 250

  /// A plan with everything else left to its default.
  public init(folder: String, steps: Int) { (self.folder, self.steps) = (folder, steps) }

  /// The rate of a parameter as a share of the rate of the word to say.
  func rateShare(_ name: String) -> Float {
    switch name {
    case DreamArtistSubject.negativeName: (negativeRate ?? rate) / rate
    case DreamArtistSubject.positiveName: 1
    case _ where name.hasPrefix(BranchLoRAs.Branch.negative.rawValue): negativeLoRARate / rate
    default: loraRate / rate
    }
  }

  /// Refuses what cannot be followed.
  ///
  /// - Throws: `LearningError.setting`.
  func validate() throws {
    try LearningError.requirePositive([("steps", steps), ("previewEvery", previewEvery)])
    for (name, value) in [
      ("rate", rate), ("negativeRate", negativeRate ?? rate), ("loraRate", loraRate),
      ("negativeLoraRate", negativeLoRARate),
    ] where !(value > 0 && value.isFinite) {
      throw LearningError.setting(name, found: "\(value)", expected: "a number above 0")
    }
  }
}
