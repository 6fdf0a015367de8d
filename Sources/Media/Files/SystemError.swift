#if canImport(Glibc)
  import Glibc
#endif

/// The system's words for the last failed call.
func systemReason() -> String { String(cString: strerror(errno)) }
