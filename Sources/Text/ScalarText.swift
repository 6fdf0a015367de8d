extension String {
  /// The text of `scalars`; many times faster than appending to a `UnicodeScalarView`, whose growth is not amortised on
  /// Linux.
  init(ofScalars scalars: some Sequence<Unicode.Scalar>) {
    var bytes: [UInt8] = []
    for scalar in scalars { bytes.append(contentsOf: scalar.utf8) }
    self.init(decoding: bytes, as: UTF8.self)
  }
}
