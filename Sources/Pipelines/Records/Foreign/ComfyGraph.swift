import Foundation
import NegativeSpaceConfiguration

extension ForeignSettings {
  /// Reads the graph that ComfyUI stores under `prompt`: from the sampler behind the picture to texts, sizes and files.
  ///
  /// Of several samplers in a row it is the first, which began with noise; what else it meets becomes a remark.
  /// - Returns: nil where no sampler is found.
  init?(graph text: String) {
    guard let json = try? JSONValue(parsing: Data(text.utf8), file: ""), let graph = ComfyGraph(json),
      let sampler = graph.firstSampler
    else { return nil }
    self.init(.comfyUI)
    for pass in graph.laterSamplers {
      remarks.append("a further pass, \(pass.name), is not made")
    }
    add("Steps", graph.value("steps", near: sampler))
    add("Sampler", graph.value("sampler_name", near: sampler))
    add("Schedule type", graph.value("scheduler", near: sampler))
    add("CFG scale", graph.value("cfg", near: sampler))
    add("Seed", graph.value("seed", near: sampler) ?? graph.value("noise_seed", near: sampler))
    readSize(graph, sampler)
    if let strength = graph.value("denoise", near: sampler), Double(strength) != 1 {
      add("Denoising strength", strength)
    }
    if let start = graph.value("start_at_step", near: sampler), start != "0" {
      remarks.append("it began at step \(start)")
    }
    if let end = graph.value("end_at_step", near: sampler).flatMap({ Int($0) }),
      let steps = graph.value("steps", near: sampler).flatMap({ Int($0) }), end < steps
    {
      remarks.append("it ended at step \(end)")
    }
    if graph.value("add_noise", near: sampler) == "disable" { remarks.append("it began without noise") }
    if graph.value("return_with_leftover_noise", near: sampler) == "enable" { remarks.append("noise was left over") }
    prompt = readText(graph, graph.linked("positive", near: sampler) ?? graph.linked("conditioning", near: sampler))
    negativePrompt = readText(graph, graph.linked("negative", near: sampler))
    readModel(graph, graph.linked("model", near: sampler))
    if let vae = graph.nodes.values.first(where: { $0.kind == "VAELoader" }) {
      add("VAE", graph.text("vae_name", of: vae))
    }
  }

  private mutating func readSize(_ graph: ComfyGraph, _ sampler: ComfyGraph.Node) {
    guard let latents = graph.linked("latent_image", near: sampler) else { return }
    if let width = graph.text("width", of: latents), let height = graph.text("height", of: latents) {
      add("Size", "\(width)x\(height)")
      if let batch = graph.text("batch_size", of: latents), batch != "1" {
        remarks.append("it is one of a batch of \(batch), whose noise is drawn together")
      }
    } else {
      let picture = graph.upstream(latents).lazy.compactMap { graph.text("image", of: $0) }.first
      remarks.append("it began with \(picture.map { "the picture \($0)" } ?? latents.name)")
    }
  }

  /// The text behind a conditioning.
  private mutating func readText(_ graph: ComfyGraph, _ conditioning: ComfyGraph.Node?) -> String {
    guard let conditioning else { return "" }
    var text: String?
    for node in graph.upstream(conditioning) {
      if node.kind == "ConditioningZeroOut" {
        remarks.append("its \(node.name) is taken for an empty text")
        return ""
      }
      if node.links["clip"] != nil, let found = graph.text("text", of: node) {
        // Of several texts the first; the graph says how they act together, which is not followed.
        if text == nil { text = found } else { remarks.append("a further text is left out: \(found)") }
      } else if node.isConditioning {
        remarks.append("what \(node.name) does is not done")
      }
      if let layer = graph.text("stop_at_clip_layer", of: node).flatMap({ Int($0) }), (-24 ... -2).contains(layer),
        self["Clip skip"] == nil
      {
        add("Clip skip", "\(-layer)")
      }
    }
    if text == nil { remarks.append("no text is found behind \(conditioning.name)") }
    return text ?? ""
  }

  private mutating func readModel(_ graph: ComfyGraph, _ model: ComfyGraph.Node?) {
    guard let model else { return }
    for node in graph.upstream(model) {
      if let name = graph.text("ckpt_name", of: node) ?? graph.text("unet_name", of: node) {
        add("Model", name)
      } else if let name = graph.text("lora_name", of: node) {
        add("LoRA", "\(name), weight \(graph.text("strength_model", of: node) ?? "1")")
      } else if node.links["model"] != nil {
        remarks.append("what \(node.name) does is not done")
      }
    }
  }
}

/// ComfyUI's graph: nodes by their numbers, each with values and links to the outputs of others.
struct ComfyGraph {
  struct Node {
    let id: String
    /// `KSampler`.
    let kind: String
    let values: [String: String]
    /// Other nodes by the input that takes their output.
    let links: [String: String]

    /// `KSampler (3)`.
    var name: String { "\(kind) (\(id))" }

    /// Whether it makes one conditioning of others.
    var isConditioning: Bool {
      links.keys.contains { $0.hasPrefix("conditioning") || $0 == "positive" || $0 == "negative" }
    }
  }

  let nodes: [String: Node]

  /// More nodes than anyone draws.
  private static let limit = 4096

  init?(_ json: JSONValue) {
    guard case .object(let entries) = json, entries.count <= Self.limit else { return nil }
    var nodes: [String: Node] = [:]
    for (id, entry) in entries {
      guard case .string(let kind)? = entry["class_type"], case .object(let inputs)? = entry["inputs"] else { continue }
      var (values, links) = ([String: String](), [String: String]())
      for (name, value) in inputs {
        switch value {
        case .string(let text): values[name] = text
        case .integer(let number): values[name] = "\(number)"
        case .number(let number): values[name] = String(format: "%.10g", number)
        case .array(let link):
          guard link.count == 2, case .string(let other) = link[0] else { continue }
          links[name] = other
        default: continue
        }
      }
      nodes[id] = Node(id: id, kind: kind, values: values, links: links)
    }
    self.nodes = nodes
  }

  /// A node and all it stands on, nearest first, each once.
  func upstream(_ node: Node) -> [Node] {
    var (found, seen) = ([node], Set([node.id]))
    var next = 0
    while next < found.count {
      for (_, id) in found[next].links.sorted(by: { $0.key < $1.key }) {
        guard let other = nodes[id], seen.insert(id).inserted else { continue }
        found.append(other)
      }
      next += 1
    }
    return found
  }

  /// Whether noise becomes a picture here.
  private func isSampler(_ node: Node) -> Bool {
    node.links["latent_image"] != nil && node.kind.contains("Sampler")
  }

  /// The samplers behind the picture that was saved, the last first.
  private var samplers: [Node] {
    let ends = nodes.values.filter { $0.kind.hasPrefix("Save") || $0.kind.hasPrefix("Preview") }
    let roots = ends.isEmpty ? Array(nodes.values) : ends
    for root in roots.sorted(by: { $0.id < $1.id }) {
      let found = upstream(root).filter(isSampler)
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The sampler that no other stands before.
  var firstSampler: Node? {
    samplers.last { node in !upstream(node).dropFirst().contains(where: isSampler) }
  }

  var laterSamplers: [Node] {
    guard let first = firstSampler else { return [] }
    return samplers.filter { $0.id != first.id }.reversed()
  }

  /// Helpers of a sampler that carry its settings (`SamplerCustom` and its kind).
  private static let helpers = ["noise", "guider", "sampler", "sigmas"]

  private func near(_ sampler: Node) -> [Node] {
    [sampler] + Self.helpers.compactMap { sampler.links[$0].flatMap { nodes[$0] } }
  }

  /// A setting of a sampler.
  func value(_ name: String, near sampler: Node) -> String? {
    near(sampler).lazy.compactMap { text(name, of: $0) }.first
  }

  /// A node that a sampler is given.
  func linked(_ name: String, near sampler: Node) -> Node? {
    near(sampler).lazy.compactMap { $0.links[name].flatMap { nodes[$0] } }.first
  }

  /// An input as text: its value, or what a node that holds nothing else gives.
  func text(_ name: String, of node: Node) -> String? {
    // Nodes may link back to themselves.
    var budget = 256
    return text(name, of: node, &budget)
  }

  private func text(_ name: String, of node: Node, _ budget: inout Int) -> String? {
    if let value = node.values[name] { return value }
    budget -= 1
    guard budget > 0, let other = node.links[name].flatMap({ nodes[$0] }) else { return nil }
    if let first = text("string_a", of: other, &budget), let second = text("string_b", of: other, &budget) {
      return first + (other.values["delimiter"] ?? "") + second
    }
    for input in ["value", "text", "string", "seed", "noise_seed", "int", "float", "number"] {
      if let value = text(input, of: other, &budget) { return value }
    }
    return nil
  }
}
