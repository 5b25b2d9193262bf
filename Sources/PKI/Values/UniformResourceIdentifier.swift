/// The text of URIs in certificates: absolute, in ASCII (RFC 5280 section 4.2.1.6), with the syntax
/// of RFC 3986 and the rules of SPIFFE where the scheme is `spiffe`.
package enum UniformResourceIdentifier {
  /// The form with scheme and host in lower case (RFC 3986 section 6.2.2.1).
  package static func canonical(_ text: String) throws(ValueProblem) -> String {
    try checkCharacters(text)
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let first = parts[0].utf8.first, isLetter(first),
      parts[0].utf8.allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
    else {
      throw ValueProblem(
        "is not an absolute URI: it has no scheme", hint: "write it as in \"https://example.com/a\""
      )
    }
    let scheme = parts[0].lowercased()
    let rest = parts[1]
    if rest.isEmpty { throw ValueProblem("has nothing after its scheme") }
    if rest.contains("#") { throw ValueProblem("has a fragment") }
    if scheme == "spiffe" { return try spiffe(text, rest) }
    guard rest.hasPrefix("//") else { return scheme + ":" + rest }
    let afterSlashes = rest.dropFirst(2)
    let authority = afterSlashes.prefix { !"/?".contains($0) }
    return try scheme + "://" + canonical(authority: authority)
      + afterSlashes.dropFirst(authority.count)
  }

  /// A web address that others can fetch: `http` or `https` with a host.
  package static func webAddress(_ text: String) throws(ValueProblem) -> String {
    let canonical = try canonical(text)
    guard canonical.hasPrefix("http://") || canonical.hasPrefix("https://") else {
      throw ValueProblem("is not an address that begins with \"http://\" or \"https://\"")
    }
    return canonical
  }

  /// RFC 3986 sections 2.1 to 2.3: unreserved and reserved characters, and percent signs with two
  /// hexadecimal digits.
  private static func checkCharacters(_ text: String) throws(ValueProblem) {
    if text.utf8.count > 2_048 { throw ValueProblem("is longer than 2048 bytes") }
    let bytes = Array(text.utf8)
    let punctuation = "-._~:/?#[]@!$&'()*+,;=".utf8
    for (index, byte) in bytes.enumerated() {
      if byte >= 0x80 {
        throw ValueProblem("is not in ASCII", hint: "write other characters percent-encoded")
      }
      if byte == UInt8(ascii: "%") {
        guard index + 2 < bytes.count, isHexDigit(bytes[index + 1]), isHexDigit(bytes[index + 2])
        else { throw ValueProblem("has a percent sign without two hexadecimal digits") }
      } else if !isLetter(byte), !isDigit(byte), !punctuation.contains(byte) {
        throw ValueProblem("has a character that a URI may not have")
      }
    }
  }

  private static func canonical(authority: Substring) throws(ValueProblem) -> String {
    if authority.contains("@") { throw ValueProblem("has a user name, which is no part of a name") }
    var host = authority
    var port = ""
    if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
      host = authority[..<colon]
      port = String(authority[colon...])
      guard port.count > 1, let number = UInt16(port.dropFirst()), number > 0 else {
        throw ValueProblem("has no port between 1 and 65535 after its host")
      }
    }
    if host.isEmpty { throw ValueProblem("has no host") }
    if host.hasPrefix("["), host.hasSuffix("]") {
      guard let address = IPAddress(host.dropFirst().dropLast()), !address.isIPv4 else {
        throw ValueProblem("has a host in brackets that is no IPv6 address")
      }
      return "[\(address)]" + port
    }
    if let address = IPAddress(host) { return "\(address)" + port }
    do throws(ValueProblem) {
      return try DNSName.host(String(host)) + port
    } catch {
      throw ValueProblem("has a host that is no DNS name", hint: error.hint)
    }
  }

  /// The SPIFFE-ID standard, sections 2.1 to 2.4, and the X.509-SVID standard, section 4: a leaf's
  /// identifier has a path.
  private static func spiffe(_ text: String, _ rest: Substring) throws(ValueProblem) -> String {
    let hint = "write it as in \"spiffe://example.com/path\""
    guard text.hasPrefix("spiffe:"), rest.hasPrefix("//") else {
      throw ValueProblem("is not a SPIFFE ID", hint: hint)
    }
    let segments = rest.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false)
    let domain = segments.first ?? ""
    guard !domain.isEmpty, domain.utf8.count <= 255,
      domain.utf8.allSatisfy({ isLower($0) || isDigit($0) || ".-_".utf8.contains($0) })
    else {
      throw ValueProblem(
        "has a SPIFFE trust domain with characters other than a-z, 0-9, \".\", \"-\" and \"_\"",
        hint: hint)
    }
    guard segments.count > 1 else { throw ValueProblem("has no SPIFFE path", hint: hint) }
    for segment in segments.dropFirst() {
      guard !segment.isEmpty, segment != ".", segment != "..",
        segment.utf8.allSatisfy({ isLetter($0) || isDigit($0) || ".-_".utf8.contains($0) })
      else {
        throw ValueProblem(
          "has an empty or relative SPIFFE path segment, or one with characters other than letters,"
            + " digits, \".\", \"-\" and \"_\"", hint: hint)
      }
    }
    return text
  }

  private static func isLower(_ byte: UInt8) -> Bool { (97...122).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool {
    isLower(byte) || (65...90).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }
}
