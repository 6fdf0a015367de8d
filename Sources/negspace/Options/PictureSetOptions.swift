import ArgumentParser
import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceEvaluation
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceWeights

/// Figures of all pictures together: Inception Score and Fréchet distance.
struct PictureSetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Inception Score by a classifier: an Inception v3's file (torchvision's or the FID's), a judge's folder, or clipscore=PATH with --classes.",
      valueName: "path"), completion: .file())
  var classifier: String?
  @Option(
    help: ArgumentHelp("A file with the classes' names for a CLIP, one a line.", valueName: "file"), completion: .file()
  )
  var classes: String?
  @Option(
    help: ArgumentHelp(
      "A folder of pictures or videos: the Fréchet distance to them, by the classifier's features.", valueName: "dir"),
    completion: .directory)
  var reference: String?
  @Option(help: "Parts of the Inception Score, whose mean and deviation are given.")
  var splits = 10

  func validate() throws {
    guard (1...1024).contains(splits) else { throw ValidationError("--splits is \(splits); expected 1 to 1024") }
    if let classifier, classifier.hasPrefix("clipscore="), classes == nil {
      throw ValidationError(
        "--classifier is \(classifier); expected --classes beside it: a CLIP tells only what is named")
    }
    for (name, value) in [("--classes", classes), ("--reference", reference)] where value != nil && classifier == nil {
      throw ValidationError("\(name) wants --classifier: what pictures are told apart by")
    }
  }

  /// What reads the classifier's network and measures files, if it is asked for.
  ///
  /// - Throws: errors in the names and folders.
  func reader() throws -> ((_ files: [String], _ isCancelled: () -> Bool) throws -> PictureSetScores)? {
    guard let classifier else { return nil }
    let others = try reference.map { try Self.files(in: $0) } ?? []
    let scorer = try Self.scorer(classifier, classes: try classes.map { try PromptList(path: $0).texts } ?? [])
    let parts = splits
    return { files, isCancelled in
      do {
        return try scorer.scores(of: files, reference: others, parts: parts, isCancelled: isCancelled)
      } catch is CancellationError {
        throw GenerationError.cancelled(phase: "scoring", latents: nil)
      }
    }
  }

  private static func scorer(_ classifier: String, classes: [String]) throws -> PictureSetScorer {
    if FileManager.default.fileExists(atPath: classifier + "/judge.safetensors") {
      return PictureSetScorer(JudgeClassifier(try EmojiJudge(folder: classifier)))
    }
    return try PictureSetScorer(try ClassifierName(parsing: classifier, classes: classes))
  }

  /// All plain files of a folder, by name.
  ///
  /// - Throws: `ModelError.unreadable`.
  private static func files(in folder: String) throws -> [String] {
    guard try existingKind(folder) == .folder else {
      throw ModelError.unreadable(path: folder, reason: "it is no folder")
    }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw ModelError.unreadable(path: folder, reason: systemReason(error))
    }
    let files = names.filter { !$0.hasPrefix(".") }.sorted().map { "\(folder)/\($0)" }
      .filter { (try? existingKind($0)) == .file }
    guard !files.isEmpty else {
      throw ModelError.unreadable(path: folder, reason: "it holds no pictures or videos to compare with")
    }
    return files
  }
}

/// The figures in a result for programs.
struct PictureSetFigures: Encodable {
  let pictures: Int
  let inceptionScore: Double
  let inceptionScoreDeviation: Double
  let frechetDistance: Double?

  private enum CodingKeys: String, CodingKey {
    case pictures
    case inceptionScore = "inception_score"
    case inceptionScoreDeviation = "inception_score_deviation"
    case frechetDistance = "frechet_distance"
  }

  init(_ scores: PictureSetScores) {
    pictures = scores.pictures
    (inceptionScore, inceptionScoreDeviation) = (scores.inceptionScore.mean, scores.inceptionScore.deviation)
    frechetDistance = scores.frechetDistance?.value
  }
}

extension PictureSetScores {
  /// Two lines.
  var text: String {
    let score = String(format: "%.4f ± %.4f", inceptionScore.mean, inceptionScore.deviation)
    let distance = frechetDistance.map { String(format: "\nFréchet distance  %.4f", $0.value) } ?? ""
    return "Inception Score   \(score) of \(pictures) pictures" + distance
  }
}
