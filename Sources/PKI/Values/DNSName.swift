/// The text of DNS names: letters, digits and hyphens (RFC 1123 section 2.1), internationalised
/// names as A-labels (RFC 5890 section 2.3.2.1), because that is what certificates carry
/// (RFC 5280 section 7.2).
package enum DNSName {
  /// The lower-case form of a host name.
  package static func host(_ text: String) throws(ValueProblem) -> String {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      throw ValueProblem(
        "is not in ASCII",
        hint: "write an internationalised name as A-labels, as in \"xn--bcher-kva.example\"")
    }
    let lower = text.lowercased()
    if lower.utf8.isEmpty { throw ValueProblem("is not a DNS name: it is empty") }
    if lower.utf8.count > 253 { throw ValueProblem("is longer than 253 bytes") }
    if lower.utf8.last == UInt8(ascii: ".") {
      throw ValueProblem(
        "ends with a dot",
        hint: "names in certificates have no final dot (RFC 5280 section 4.2.1.6)")
    }
    let labels = lower.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    for label in labels { try check(label) }
    if let last = labels.last, last.allSatisfy({ (48...57).contains($0) }) {
      throw ValueProblem(
        "is not a DNS name: its last label is a number",
        hint: "addresses belong below \"ipAddresses\"")
    }
    return lower
  }

  /// The lower-case form of a name for a certificate: a host name, or one with `*` as its whole
  /// leftmost label (RFC 9525 section 6.3) and at least two labels more.
  package static func certificateName(_ text: String) throws(ValueProblem) -> String {
    guard text.utf8.contains(UInt8(ascii: "*")) else { return try host(text) }
    guard text.hasPrefix("*.") else {
      throw ValueProblem("has a wildcard that is not the whole leftmost label")
    }
    let rest = try host(String(text.dropFirst(2)))
    guard rest.utf8.contains(UInt8(ascii: ".")) else {
      throw ValueProblem("needs at least two labels after the wildcard")
    }
    return "*." + rest
  }

  private static func check(_ label: Substring.UTF8View) throws(ValueProblem) {
    if label.isEmpty { throw ValueProblem("is not a DNS name: it has an empty label") }
    if label.count > 63 { throw ValueProblem("has a label longer than 63 bytes") }
    let hyphen = UInt8(ascii: "-")
    for byte in label
    where !(97...122).contains(byte) && !(48...57).contains(byte) && byte != hyphen {
      if byte == UInt8(ascii: "*") {
        throw ValueProblem("has a wildcard that is not the whole leftmost label")
      }
      throw ValueProblem(
        "is not a DNS name: labels have letters, digits and hyphens alone")
    }
    if label.first == hyphen || label.last == hyphen {
      throw ValueProblem("is not a DNS name: a label begins or ends with a hyphen")
    }
  }
}
