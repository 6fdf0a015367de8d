/// Names in diffusers for the parameters of a network of the same shape with latent-diffusion's names.
///
/// Those along time get the names of `UNet3DConditionModel`.
package struct LDMImageNames: Sendable {
  private let renaming: KeyRenaming

  /// - Parameter shapes: of all parameters by their names.
  /// - Throws: `CheckpointError` where they are not those of such a network.
  package init(_ shapes: [String: [Int]]) throws {
    renaming = try LDMUNetLayout(shapes, file: "the network").renaming
  }

  /// nil for what diffusers' network does not have.
  package func callAsFunction(_ name: String) -> String? { renaming(name) }
}
