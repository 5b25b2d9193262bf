/// What text in a certificate may not hold, whoever wrote it.
enum NameText {
  /// C0 and C1 controls, DEL and the line and paragraph separators: they break lines of logs and
  /// configurations, and a NUL ends a name early for readers in C.
  static func hasControlCharacter(_ text: String) -> Bool {
    text.unicodeScalars.contains { scalar in
      scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
        || scalar.value == 0x2028 || scalar.value == 0x2029
    }
  }

  /// Printable ASCII without spaces: what URIs and mail addresses are made of.
  static func isVisibleASCII(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
  }

  /// What is wrong with a DNS name (RFC 1034 section 3.5, with underscores as in practice), as the
  /// end of a sentence. A wildcard is the whole first label with two labels after it: OpenSSL
  /// matches no other.
  static func problem(inDNSName name: String, allowsWildcard: Bool) -> String? {
    guard name.utf8.count <= 253 else { return "is longer than 253 bytes" }
    var labels = name.split(separator: ".", omittingEmptySubsequences: false)[...]
    if labels.first == "*" {
      guard allowsWildcard else { return "has a wildcard" }
      labels = labels.dropFirst()
      guard labels.count >= 2 else { return "has a wildcard above fewer than two labels" }
    }
    for label in labels {
      guard (1...63).contains(label.utf8.count) else { return "has an empty or too long label" }
      guard label.utf8.allSatisfy(isLabelByte) else {
        return label.contains("*")
          ? "has a wildcard that is not its whole first label"
          : "has characters other than lower-case letters, digits, \"-\" and \"_\""
      }
      guard label.first != "-", label.last != "-" else {
        return "has a label that begins or ends with \"-\""
      }
    }
    return nil
  }

  private static func isLabelByte(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_")
  }
}
