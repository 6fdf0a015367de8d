import NegativeSpaceCKernels

/// What the loops find in this processor.
package enum Processor {
  /// The vector instructions in use, for people.
  package static var instructions: String { String(cString: ns_instructions()) }
}
