import Foundation
import NegativeSpaceEmojiWorld
import NegativeSpaceFiles
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceText
import NegativeSpaceTraining
import NegativeSpaceWeights

/// Writes what was trained as the folders that ship in `Models/`, which diffusers and transformers load as they are.
///
/// The image and the video model share text encoder, tokenizer and autoencoder: the video folder links to the image
/// folder's.
package struct FamilyExport {
  private let runs: FamilyRuns
  private let folder: String

  package init(_ runs: FamilyRuns, to folder: String) { (self.runs, self.folder) = (runs, folder) }

  /// Writes every part that has a run.
  ///
  /// - Returns: the folders written.
  package func write() throws -> [String] {
    var written = [try image()]
    if isTrained(.video) { written.append(try video()) }
    if isTrained(.motion) { written.append(try motion()) }
    if isTrained(.controlNet) { written.append(try controlNet()) }
    if isTrained(.lvdm) { written.append(try lvdm()) }
    written.append(try clip())
    if isTrained(.judge) { written.append(try judge()) }
    if isTrained(.reward) { written.append(try reward()) }
    return written
  }

  private func isTrained(_ part: FamilyPart) -> Bool {
    FileManager.default.fileExists(atPath: TrainingCheckpoint(folder: runs.folder(part)).path)
  }

  private func image() throws -> String {
    let model = folder + "/emoji-image"
    try text(
      """
      {
        "_class_name": "StableDiffusionPipeline",
        "feature_extractor": [null, null],
        "image_encoder": [null, null],
        "requires_safety_checker": false,
        "safety_checker": [null, null],
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"]
      }

      """, model + "/model_index.json")
    try text(defaults(frames: nil), model + "/negspace.json")
    try text(FamilyVocabulary.vocabulary.json(), model + "/\(ModelVocabulary.file)")
    try text(EmojiFamily.schedulerJSON, model + "/scheduler/scheduler_config.json")
    try text(EmojiFamily.imageUNetJSON, model + "/unet/config.json")
    try weights(.image, model + "/unet/diffusion_pytorch_model.safetensors")
    try text(
      EmojiFamily.autoencoderJSON.replacingOccurrences(of: "SCALING_FACTOR", with: "\(try runs.scalingFactor())"),
      model + "/vae/config.json")
    try weights(.autoencoder, model + "/vae/diffusion_pytorch_model.safetensors")
    let vocabulary = try runs.tokenizer().vocabularyCount
    try text(EmojiFamily.textEncoderJSON(vocabularySize: vocabulary), model + "/text_encoder/config.json")
    try weights(.clip, model + "/text_encoder/model.safetensors") { $0.hasPrefix("text_model.") }
    try copyTokenizer(to: model + "/tokenizer")
    return model
  }

  private func video() throws -> String {
    let model = folder + "/emoji-video"
    try text(
      """
      {
        "_class_name": "TextToVideoSDPipeline",
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet3DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"]
      }

      """, model + "/model_index.json")
    try text(defaults(frames: EmojiFamily.frames), model + "/negspace.json")
    try text(EmojiFamily.schedulerJSON, model + "/scheduler/scheduler_config.json")
    try text(EmojiFamily.videoUNetJSON, model + "/unet/config.json")
    try weights(.video, model + "/unet/diffusion_pytorch_model.safetensors")
    try linkShared(into: model)
    return model
  }

  /// AnimateDiff's layers along time, which stand alone.
  private func motion() throws -> String {
    let model = folder + "/emoji-motion"
    try text(EmojiFamily.motionAdapterJSON, model + "/config.json")
    var tensors = try runs.snapshot(.motion).tensors.filter { $0.key.contains(".motion_modules.") }
    // The tables of places, which PyTorch counts among the weights.
    let length = try EmojiFamily.motionUNet().adapter.maxSeqLength
    for (name, weight) in tensors where name.hasSuffix(".norm1.weight") {
      let table = AnimateDiffTransformer3D.sinusoids(length: length, width: weight.count)
      tensors[name.replacing(".norm1.weight", with: ".pos_embed.pe")] = table
    }
    try write(tensors, model + "/diffusion_pytorch_model.safetensors")
    return model
  }

  /// The network of VideoCrafter2's kind, which diffusers does not know.
  private func lvdm() throws -> String {
    let model = folder + "/emoji-lvdm"
    try text(
      """
      {
        "_class_name": "VideoCrafterPipeline",
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["negspace", "LVDMUNetModel"],
        "vae": ["diffusers", "AutoencoderKL"]
      }

      """, model + "/model_index.json")
    try text(defaults(frames: EmojiFamily.frames, isToldRate: true), model + "/negspace.json")
    try text(EmojiFamily.schedulerJSON, model + "/scheduler/scheduler_config.json")
    try text(EmojiFamily.lvdmUNetJSON, model + "/unet/config.json")
    try weights(.lvdm, model + "/unet/diffusion_pytorch_model.safetensors")
    try linkShared(into: model)
    return model
  }

  /// Links the parts that the video models share with the image model.
  private func linkShared(into model: String) throws {
    for shared in ["text_encoder", "tokenizer", "vae", ModelVocabulary.file] {
      let link = model + "/" + shared
      try? FileManager.default.removeItem(atPath: link)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "../emoji-image/" + shared)
    }
  }

  private func controlNet() throws -> String {
    let model = folder + "/emoji-controlnet"
    try text(EmojiFamily.controlNetJSON, model + "/config.json")
    try weights(.controlNet, model + "/diffusion_pytorch_model.safetensors")
    return model
  }

  /// Both towers of CLIP, for scores and rewards.
  private func clip() throws -> String {
    let model = folder + "/emoji-clip"
    try clipFolder(model)
    try weights(.clip, model + "/model.safetensors")
    return model
  }

  /// The network for quality; how well text and picture agree is the shipped CLIP's to say.
  private func reward() throws -> String {
    let model = folder + "/emoji-reward"
    try weights(.reward, model + "/quality.safetensors")
    return model
  }

  /// Configuration and tokenizer of a CLIP.
  private func clipFolder(_ model: String) throws {
    let vocabulary = try runs.tokenizer().vocabularyCount
    try text(
      """
      {
        "architectures": ["CLIPModel"],
        "logit_scale_init_value": 2.6592,
        "model_type": "clip",
        "projection_dim": 128,
        "text_config": \(EmojiFamily.textEncoderJSON(vocabularySize: vocabulary)),
        "vision_config": \(EmojiFamily.visionEncoderJSON)
      }

      """, model + "/config.json")
    try text(
      """
      {
        "crop_size": {"height": \(EmojiFamily.clipSide), "width": \(EmojiFamily.clipSide)},
        "image_mean": \(EmojiFamily.pictureMean),
        "image_processor_type": "CLIPImageProcessor",
        "image_std": \(EmojiFamily.pictureDeviation),
        "size": {"shortest_edge": \(EmojiFamily.clipSide)}
      }

      """, model + "/preprocessor_config.json")
    try copyTokenizer(to: model)
  }

  private func judge() throws -> String {
    let model = folder + "/emoji-judge"
    let names = try runs.judgeClasses().concepts.map { "\"\($0.name)\"" }.joined(separator: ", ")
    try text("{\n  \"concepts\": [\(names)],\n  \"image_size\": \(EmojiFamily.side)\n}\n", model + "/config.json")
    try weights(.judge, model + "/judge.safetensors")
    return model
  }

  /// Text of a model's negspace.json: settings where the user says nothing.
  private func defaults(frames: Int?, isToldRate: Bool = false) -> String {
    let rate = Int(EmojiFamily.framesPerSecond)
    let video = frames.map { "  \"frames\": \($0),\n  \"fps\": \(rate),\n" } ?? ""
    let told = isToldRate ? "  \"fps_condition\": \(rate),\n" : ""
    return "{\n\(video)\(told)  \"guidance_scale\": 5,\n  \"scale\": \(256 / EmojiFamily.side),\n  \"steps\": 25\n}\n"
  }

  private func weights(_ part: FamilyPart, _ path: String, where include: (String) -> Bool = { _ in true }) throws {
    try write(runs.snapshot(part).tensors.filter { include($0.key) }, path)
  }

  private func write(_ tensors: [String: Tensor], _ path: String) throws {
    try makeFolder(of: path)
    try TensorFile(tensors.mapValues { $0.cast(to: .bfloat16) }, metadata: ["format": "pt"]).write(to: path)
  }

  private func copyTokenizer(to target: String) throws {
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for name in FamilyRuns.tokenizerFiles {
      let data = try Data(contentsOf: URL(fileURLWithPath: runs.folder(.tokenizer) + "/" + name))
      try OutputFile.write(data, to: target + "/" + name)
    }
  }

  private func text(_ content: String, _ path: String) throws {
    try makeFolder(of: path)
    try OutputFile.write(content, to: path)
  }

  private func makeFolder(of path: String) throws {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
  }
}
