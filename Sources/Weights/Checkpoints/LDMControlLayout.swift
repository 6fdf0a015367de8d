import NegativeSpaceConfiguration

/// A ControlNet with the names of its authors' code: the configuration, told by shapes, and the names.
struct LDMControlLayout {
  /// As in diffusers' config.json.
  private(set) var fields: [String: JSONValue]
  private(set) var renaming: KeyRenaming

  /// - Parameters:
  ///   - shapes: the tensors without their common beginning.
  ///   - file: for messages.
  /// - Throws: `CheckpointError`.
  init(_ shapes: [String: [Int]], file: String) throws {
    let unet = try LDMUNetLayout(shapes, isControl: true, file: file)
    (fields, renaming) = (unet.fields, unet.renaming)
    // Convolutions with a SiLU between each two: one at the start, pairs of which the second halves, one at the end.
    let places = (0..<shapes.count).filter { shapes["input_hint_block.\($0).weight"] != nil }
    let kernels = places.compactMap { shapes["input_hint_block.\($0).weight"] }
    guard places.count >= 2, places.count % 2 == 0, kernels.allSatisfy({ $0.count == 4 }) else {
      throw CheckpointError.notAModel(file: file, what: "a ControlNet without the layers that read its picture")
    }
    let last = places.count - 1
    for (index, place) in places.enumerated() {
      let part = index == 0 ? "conv_in" : index == last ? "conv_out" : "blocks.\(index - 1)"
      renaming.add("input_hint_block.\(place)", "controlnet_cond_embedding.\(part)")
    }
    for index in 0..<shapes.count where shapes["zero_convs.\(index).0.weight"] != nil {
      renaming.add("zero_convs.\(index).0", "controlnet_down_blocks.\(index)")
    }
    renaming.add("middle_block_out.0", "controlnet_mid_block")
    fields["_class_name"] = .string("ControlNetModel")
    fields["conditioning_channels"] = .integer(kernels[0][1])
    fields["conditioning_embedding_out_channels"] = .array(
      kernels.enumerated().filter { $0.offset == 0 || $0.offset != last && $0.offset % 2 == 0 }
        .map { .integer($0.element[0]) })
  }
}
