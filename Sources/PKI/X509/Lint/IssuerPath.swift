/// What the certificates from an issuer up to its root allow.
package struct IssuerPath: Hashable, Sendable {
  /// The issuer's own certificate first, the root's last.
  package let certificates: [CertificateFacts]

  package init(_ certificates: [CertificateFacts]) {
    self.certificates = certificates
  }

  /// How many authorities may still stand below the issuer; nil when no certificate sets a limit.
  /// Self-issued certificates do not count (RFC 5280 section 6.1.4 (l)).
  package var remainingLength: Int? {
    var below = 0
    var remaining: Int?
    for certificate in certificates {
      if let length = certificate.pathLength {
        remaining = min(remaining ?? .max, max(length, -1) - below)
      }
      if !certificate.isSelfIssued { below += 1 }
    }
    return remaining
  }

  /// The constraints of every authority in the path: a name must satisfy all.
  package var nameConstraints: [NameConstraints] {
    certificates.compactMap(\.nameConstraints)
  }

  /// Constraints that nobody here can judge, so that nothing below them may be signed.
  package var unjudgedConstraints: [String] {
    certificates.flatMap { $0.values.others }.filter { $0.hasPrefix("nameConstraints: ") }
  }
}
