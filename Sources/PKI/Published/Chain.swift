extension PublishedState {
  /// The newest certificate of an authority's key: what chains are built with. Its validity does not
  /// matter here; an expired one is still the best there is.
  package func authorityCertificate(key: KeyID) -> IssuedCertificate? {
    authoritiesByKey[key]
  }

  /// The authorities above a certificate, its issuer first and the root last.
  ///
  /// Ends early when one is missing, and never follows a key twice.
  package func issuers(above certificate: IssuedCertificate) -> [IssuedCertificate] {
    var chain: [IssuedCertificate] = []
    var seen: Set<KeyID> = [certificate.facts.keyID]
    var key = certificate.id.issuer
    while seen.insert(key).inserted, let issuer = authorityCertificate(key: key) {
      chain.append(issuer)
      key = issuer.id.issuer
    }
    return chain
  }

  /// The authorities between a certificate and its root, root left out.
  package func intermediates(above certificate: IssuedCertificate) -> [IssuedCertificate] {
    issuers(above: certificate).filter { !$0.isSelfSigned }
  }
}

extension IssuedCertificate {
  /// Signed with its own key: a root.
  package var isSelfSigned: Bool { id.issuer == facts.keyID }
}
