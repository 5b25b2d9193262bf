/// What a certificate shall say, apart from its key, its serial number and the two dates that follow
/// from the moment of signing.
///
/// The same value is what a plan shows, what is encoded, and what an issued certificate is compared
/// with, so the three cannot differ.
package struct CertificateSpec: Hashable, Sendable {
  package let subject: DistinguishedName
  /// Whether this is an authority's certificate; nil is an end entity.
  package let authority: AuthorityBits?
  package let keyUsage: KeyUsage
  /// Empty for authorities.
  package let extendedKeyUsage: [ExtendedKeyUsage]
  package let alternativeNames: [SubjectAlternativeName]
  package let nameConstraints: NameConstraints?
  /// URIs of cRLDistributionPoints (RFC 5280 section 4.2.1.13), one distribution point each.
  package let distributionPoints: [String]
  /// URIs of caIssuers access descriptions (RFC 5280 section 4.2.2.1).
  package let issuerURLs: [String]
  package let lifetime: Lifetime

  /// The basic constraints of an authority (RFC 5280 section 4.2.1.9).
  package struct AuthorityBits: Hashable, Sendable {
    package let pathLength: Int?

    package init(pathLength: Int?) {
      self.pathLength = pathLength
    }
  }

  package init(
    subject: DistinguishedName, authority: AuthorityBits?, keyUsage: KeyUsage,
    extendedKeyUsage: [ExtendedKeyUsage], alternativeNames: [SubjectAlternativeName],
    nameConstraints: NameConstraints?, distributionPoints: [String], issuerURLs: [String],
    lifetime: Lifetime
  ) {
    self.subject = subject
    self.authority = authority
    self.keyUsage = keyUsage
    self.extendedKeyUsage = extendedKeyUsage
    self.alternativeNames = alternativeNames
    self.nameConstraints = nameConstraints
    self.distributionPoints = distributionPoints
    self.issuerURLs = issuerURLs
    self.lifetime = lifetime
  }
}

/// Who signs: what a certificate or CRL takes from its issuer's certificate.
package struct CertificateIssuer: Hashable, Sendable {
  package let subject: DistinguishedName
  /// The issuer's subject key identifier, which becomes the authority key identifier (RFC 5280
  /// section 4.2.1.1).
  package let keyIdentifier: [UInt8]
  package let publicKey: PublicKey

  package init(subject: DistinguishedName, keyIdentifier: [UInt8], publicKey: PublicKey) {
    self.subject = subject
    self.keyIdentifier = keyIdentifier
    self.publicKey = publicKey
  }
}
