/// The name of an authority or identity (one namespace), of a trust bundle, a proxy, a profile or
/// a policy: one or more segments joined by `/`, safe as a path in git and on disk.
package struct Name: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  /// Takes a name that ``problem(in:)`` finds nothing wrong with.
  package init?(_ text: some StringProtocol) {
    guard Name.isPlain(text.utf8) || Name.problem(in: text) == nil else { return nil }
    self.text = String(text)
  }

  /// Whether a text is a name at first glance: most are, and a fleet has many. A dot needs a second
  /// look, at the reserved endings.
  private static func isPlain(_ text: some Collection<UInt8>) -> Bool {
    var length = 0
    var segment = 0
    var last = UInt8(ascii: "/")
    for byte in text {
      length += 1
      segment += 1
      switch byte {
      case UInt8(ascii: "/"):
        guard isAlphanumeric(last) else { return false }
        segment = 0
      case UInt8(ascii: "-"), UInt8(ascii: "_"):
        if segment == 1 { return false }
      default:
        guard isAlphanumeric(byte) else { return false }
      }
      if segment > 63 { return false }
      last = byte
    }
    return length <= 1_024 && isAlphanumeric(last)
  }

  package var segments: [Substring] { text.split(separator: "/") }

  package static func < (left: Name, right: Name) -> Bool { left.text < right.text }

  package var description: String { text }

  /// Endings that would collide with files beside an owner's name: certificates, keys, git's locks.
  private static let reservedEndings = [".pem", ".der", ".key", ".lock"]

  /// What is wrong with a text as a name, as the end of a sentence that begins with the text; nil
  /// when nothing is.
  package static func problem(in text: some StringProtocol) -> String? {
    if text.isEmpty { return "is empty" }
    if text.utf8.count > 1_024 { return "is longer than 1024 bytes" }
    for segment in String(text).split(separator: "/", omittingEmptySubsequences: false) {
      if let problem = problem(inSegment: segment) { return problem }
    }
    return nil
  }

  private static func problem(inSegment segment: Substring) -> String? {
    if segment.isEmpty { return "has an empty segment between, before or after slashes" }
    if segment.utf8.count > 63 { return "has a segment longer than 63 bytes" }
    let punctuation = "._-".utf8
    guard segment.utf8.allSatisfy({ isAlphanumeric($0) || punctuation.contains($0) }) else {
      return "has characters other than a-z, 0-9, \".\", \"_\", \"-\" and \"/\""
    }
    guard let first = segment.utf8.first, let last = segment.utf8.last, isAlphanumeric(first),
      isAlphanumeric(last)
    else { return "has a segment that does not begin and end with a letter or digit" }
    for ending in reservedEndings where segment.hasSuffix(ending) {
      return "has a segment that ends in \"\(ending)\""
    }
    return nil
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
