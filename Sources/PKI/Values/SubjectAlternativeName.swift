/// A name in the subject alternative name extension (RFC 5280 section 4.2.1.6), in canonical form:
/// equal names have equal values.
package struct SubjectAlternativeName: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case dns
    case ip
    case uri
    case email
  }

  package let kind: Kind
  /// Canonical text: lower-case DNS names, dotted IPv4, RFC 5952 IPv6.
  package let value: String

  package init(kind: Kind, canonical value: String) {
    self.kind = kind
    self.value = value
  }
}
