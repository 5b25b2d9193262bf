/// The text of mail addresses in certificates: an addr-spec in ASCII (RFC 5280 section 4.2.1.6)
/// with a dot-atom before the `@` (RFC 5322 section 3.4.1), since quoted local parts are read
/// differently by different programs.
package enum EmailAddress {
  /// The form with the domain in lower case; the local part is compared as written.
  package static func canonical(_ text: String) throws(ValueProblem) -> String {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw ValueProblem("is not a mail address", hint: "write it as in \"ops@example.com\"")
    }
    let atoms = parts[0].utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts[0].utf8.count <= 64, atoms.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAtomText) })
    else { throw ValueProblem("has a part before the \"@\" that a mail address may not have") }
    do throws(ValueProblem) {
      return try "\(parts[0])@\(DNSName.host(String(parts[1])))"
    } catch {
      throw ValueProblem("has a domain that is no DNS name", hint: error.hint)
    }
  }

  private static func isAtomText(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
      || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }
}
