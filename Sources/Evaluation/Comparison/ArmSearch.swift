public import NegativeSpacePipelines

/// A search for the negatives of a run before the run is made, such as Null-TTA, as part of an arm.
public struct ArmSearch: Sendable {
  /// Finds the negatives of a request, writes them to a file, and gives the request that is made with them.
  public typealias Found =
    @Sendable (
      _ model: DiffusionModel, _ request: GenerationRequest, _ file: String,
      _ isCancelled: @escaping @Sendable () -> Bool
    ) throws -> GenerationRequest

  /// The search in a few words.
  public let summary: String
  /// All that its results depend on beside the request: searches with one identity find the same.
  let identity: String
  let found: Found

  /// A search.
  public init(summary: String, identity: String, found: @escaping Found) {
    (self.summary, self.identity, self.found) = (summary, identity, found)
  }
}

extension ArmSearch: Hashable {
  /// Whether they find the same.
  public static func == (one: ArmSearch, other: ArmSearch) -> Bool { one.identity == other.identity }

  /// By what it finds.
  public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}
