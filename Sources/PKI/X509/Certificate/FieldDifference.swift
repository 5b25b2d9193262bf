/// One field in which a certificate is not what its specification says.
package struct FieldDifference: Hashable, Sendable, CustomStringConvertible {
  /// Fields as desired state spells them; those that it does not have, as RFC 5280 does.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case subject
    /// The same attributes and values, but strings of another type or another grouping: an
    /// imported certificate with PrintableString, for instance.
    case subjectEncoding
    case basicConstraints
    case keyUsage
    case extendedKeyUsage
    case dnsNames
    case ipAddresses
    case uris
    case emailAddresses
    case nameConstraints
    case distributionPoints
    case issuerUrl
    case lifetime
    /// The set of extensions and which of them are critical.
    case extensions
    /// Content of extensions that no field of desired state can ask for.
    case others
    case issuer
    case authorityKeyIdentifier
    case subjectKeyIdentifier
    case signatureAlgorithm
    case version
  }

  package let field: Field
  /// Canonical text; empty when the field shall not be there.
  package let expected: String
  package let actual: String

  package init(_ field: Field, expected: String, actual: String) {
    self.field = field
    self.expected = expected
    self.actual = actual
  }

  package var description: String {
    "\(field.rawValue) should be \"\(expected)\" and is \"\(actual)\""
  }
}
