extension CertificateSpec {
  /// What the certificate of a declared identity shall say.
  package init(_ identity: Identity, issuer: Authority) {
    self.init(
      subject: DistinguishedName(identity.subject), authority: nil, keyUsage: identity.keyUsage,
      extendedKeyUsage: identity.extendedKeyUsage, alternativeNames: identity.alternativeNames,
      nameConstraints: nil, distributionPoints: issuer.crl.distributionPoints(of: identity.name),
      issuerURLs: issuer.issuerURL.map { [$0] } ?? [], lifetime: identity.lifetime)
  }

  /// What the certificate of a declared authority shall say; a root, which has no issuer, names no
  /// place to fetch its own CRL or issuer from.
  package init(_ authority: Authority, issuer: Authority?) {
    self.init(
      subject: DistinguishedName(authority.subject),
      authority: AuthorityBits(pathLength: authority.pathLength),
      keyUsage: [.keyCertSign, .cRLSign], extendedKeyUsage: [], alternativeNames: [],
      nameConstraints: authority.nameConstraints,
      distributionPoints: issuer?.crl.distributionPoints(of: authority.name) ?? [],
      issuerURLs: issuer?.issuerURL.map { [$0] } ?? [], lifetime: authority.lifetime)
  }
}
