import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceTensors

/// The scheduler of a VideoCrafter model, as if it were a scheduler_config.json.
struct LVDMSchedule {
  let fields: [String: JSONValue]

  static let className = "LVDMDDIMScheduler"

  /// - Parameters:
  ///   - reader: the checkpoint, whose own table of factors counts first.
  ///   - yaml: the original configuration.
  ///   - version: counts where neither says anything.
  /// - Throws: `TensorFileError`.
  init(_ reader: any TensorReader, yaml: LVDMYAML?, version: LVDMVersion) throws {
    var fields: [String: JSONValue] = [
      "_class_name": .string(Self.className), "beta_schedule": .string("scaled_linear"),
      "beta_start": .number(0.00085), "beta_end": .number(0.012),
      "num_train_timesteps": .integer(1000),
      "prediction_type": .string(PublishedModel.noise),
    ]
    func rescale(_ first: JSONValue, _ last: JSONValue, _ middle: JSONValue) {
      fields.merge([
        "use_scale": .bool(true), "scale_a": first, "scale_b": last, "mid_step": middle,
      ]) { $1 }
    }
    // One entry for each timestep, and in files of version 2 four hundred more that nobody reads.
    let entry = reader.entries[LDMTables.rescaling]
    if let entry, entry.shape.count == 1, (2...100_000).contains(entry.count) {
      let factors = try reader.tensor(LDMTables.rescaling, as: .float32).floats
      let middle = (factors.firstIndex(of: factors[factors.count - 1]) ?? 0) + 1
      rescale(
        Self.rounded(factors[0]), Self.rounded(factors[factors.count - 1]), .integer(max(2, middle))
      )
    } else if let yaml {
      if yaml.model["use_scale"] == .bool(true) {
        rescale(
          yaml.model["scale_a"] ?? .integer(1), yaml.model["scale_b"] ?? .number(0.3),
          yaml.model["mid_step"] ?? .integer(400))
      }
    } else if let last = version.lastFactor {
      rescale(.integer(1), .number(last), .integer(400))
    }
    for (key, name) in [
      ("linear_start", "beta_start"), ("linear_end", "beta_end"),
      ("timesteps", "num_train_timesteps"),
    ] { if let value = yaml?.model[key] { fields[name] = value } }
    self.fields = fields
  }

  /// A float32 number as it was written: 0.7 and not 0.699999988….
  private static func rounded(_ value: Float) -> JSONValue {
    .number(Double("\(value)") ?? Double(value))
  }
}
