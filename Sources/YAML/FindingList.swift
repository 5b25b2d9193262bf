import PKI

/// The findings of one file, up to a limit: a file of a megabyte of mistakes must not become a
/// report of a hundred megabytes.
struct FindingList {
  private var findings: [Finding] = []
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  /// Whether reading on would only find what nobody gets to see.
  var isFull: Bool { findings.count > limit }

  mutating func append(_ place: Place, _ message: String, hint: String? = nil) {
    if findings.count < limit {
      findings.append(Finding(place, message, hint: hint))
    } else if findings.count == limit {
      findings.append(Finding(place, "too many findings, the rest of this file was not read"))
    }
  }

  /// Throws what was found, if anything was.
  func check() throws(YAMLError) {
    guard let first = findings.first else { return }
    throw YAMLError(first, Array(findings.dropFirst()))
  }
}
