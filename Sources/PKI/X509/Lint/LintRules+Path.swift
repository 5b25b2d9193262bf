extension CertificateLint {
  static let pathRules: [Rule] = [
    Rule(name: "root-signs-itself", source: "RFC 5280 3.2") { candidate in
      guard let signing = candidate.signing, signing.path == nil else { return [] }
      var found: [String] = []
      if candidate.spec.authority == nil { found.append("an end entity has no issuer") }
      if signing.issuer.subject != candidate.spec.subject {
        found.append("a root's issuer has another name than its subject")
      }
      if signing.issuer.publicKey != signing.publicKey
        || signing.issuer.keyIdentifier != signing.publicKey.id.bytes
      {
        found.append("a root is not signed by its own key")
      }
      return found
    },
    Rule(name: "issuer-is-the-one-meant", source: "RFC 5280 6.1.3 (a)") { candidate in
      guard let signing = candidate.signing, let path = signing.path else { return [] }
      guard let facts = path.certificates.first else {
        return ["the path to the issuer is empty"]
      }
      var found: [String] = []
      if facts.asIssuer != signing.issuer {
        found.append("the issuer's certificate has another name or key than the signer")
      }
      if facts.subject == candidate.spec.subject {
        found.append("the subject is the issuer's own name")
      }
      if facts.keyID == signing.publicKey.id { found.append("the key is the issuer's own") }
      return found
    },
    Rule(name: "issuer-may-sign", source: "RFC 5280 6.1.4 (k), (n)") { candidate in
      guard let path = candidate.signing?.path else { return [] }
      return path.certificates.compactMap { facts in
        facts.isAuthority && facts.keyUsage?.contains(.keyCertSign) ?? true
          ? nil : "\"\(facts.subject.rfc4514)\" is no authority that may sign certificates"
      }
    },
    Rule(name: "path-is-short-enough", source: "RFC 5280 4.2.1.9") { candidate in
      guard let remaining = candidate.signing?.path?.remainingLength else { return [] }
      guard let authority = candidate.spec.authority else {
        return remaining < 0 ? ["the path to the issuer is longer than it may be"] : []
      }
      if remaining < 1 { return ["the path length of an issuer permits no further authority"] }
      guard let length = authority.pathLength, length >= remaining else { return [] }
      return ["the path length \(length) is more than the issuer permits below it"]
    },
    Rule(name: "issuer-certifies-these-purposes", source: "BR 7.1.2.10.6") { candidate in
      guard let path = candidate.signing?.path else { return [] }
      return candidate.spec.extendedKeyUsage.filter { purpose in
        path.certificates.contains { facts in
          facts.extendedKeyUsage.map { !$0.contains(purpose) && !$0.contains(.any) } ?? false
        }
      }.map { "an issuer's extended key usage does not have \($0)" }
    },
    Rule(name: "names-are-inside-constraints", source: "RFC 5280 4.2.1.10") { candidate in
      guard let path = candidate.signing?.path else { return [] }
      let found = path.nameConstraints.flatMap { candidate.spec.violations(of: $0) }
      return path.unjudgedConstraints + found.map(\.description)
    },
  ]
}

extension CertificateSpec {
  /// The names of this specification that an authority's constraints forbid: alternative names, the
  /// subject's mail addresses, and for end entities the common name.
  package func violations(of constraints: NameConstraints) -> [NameConstraintViolation] {
    constraints.violations(
      by: alternativeNames, commonName: authority == nil ? subject.commonName : nil,
      emailAddresses: subject.values(of: .emailAddress))
  }
}
