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

  /// Reads a name of one kind and brings it into canonical form.
  package init(_ kind: Kind, parsing text: String) throws(ValueProblem) {
    self.kind = kind
    switch kind {
    case .dns: value = try DNSName.certificateName(text)
    case .ip:
      guard let address = IPAddress(text) else {
        throw ValueProblem(
          "is not an address",
          hint: "write IPv4 as four numbers without leading zeros, IPv6 without a zone")
      }
      value = address.description
    case .uri: value = try UniformResourceIdentifier.canonical(text)
    case .email: value = try EmailAddress.canonical(text)
    }
  }
}

extension SubjectAlternativeName: CustomStringConvertible, Comparable {
  /// The kind and the value, as in `dns:api.example.com`.
  package var description: String { "\(kind.rawValue):\(value)" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.kind.rawValue, left.value) < (right.kind.rawValue, right.value)
  }
}
