import ArgumentParser

/// The model, for the help's part on models.
struct ModelPathOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A diffusers folder, a single file, or OWNER/NAME in the hub's cache. (default: the family in Models/)",
      valueName: "path"), completion: .file())
  var model: String?
}

/// AnimateDiff's part of a model of pictures.
struct MotionOptions: ParsableArguments {
  @Option(
    name: [.customLong("motion-adapter"), .customLong("motion-module")],
    help: ArgumentHelp(
      "AnimateDiff's motion modules, a diffusers folder or a file: videos with a model of pictures.",
      valueName: "path"), completion: .file())
  var motionAdapter: String?
}
