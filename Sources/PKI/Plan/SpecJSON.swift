extension CertificateSpec {
  /// Every field, spelled as in desired state or in RFC 5280.
  package var json: JSON {
    .members([
      ("subject", .string(subject.rfc4514)),
      ("isAuthority", .bool(authority != nil)),
      ("pathLength", authority.flatMap(\.pathLength).map { .int($0) }),
      ("keyUsage", .strings(keyUsage.names)),
      (
        "extendedKeyUsage",
        extendedKeyUsage.isEmpty ? nil : .strings(extendedKeyUsage.map(\.description))
      ),
      (
        "subjectAltName",
        alternativeNames.isEmpty
          ? nil : .strings(alternativeNames.map { "\($0.kind.rawValue):\($0.value)" })
      ),
      ("nameConstraints", nameConstraints.map { .string($0.summary) }),
      ("crlDistributionPoints", distributionPoints.isEmpty ? nil : .strings(distributionPoints)),
      ("caIssuers", issuerURLs.isEmpty ? nil : .strings(issuerURLs)),
      ("lifetime", .string(lifetime.description)),
    ])
  }

  package func with(subject: DistinguishedName) -> CertificateSpec {
    CertificateSpec(
      subject: subject, authority: authority, keyUsage: keyUsage,
      extendedKeyUsage: extendedKeyUsage, alternativeNames: alternativeNames,
      nameConstraints: nameConstraints, distributionPoints: distributionPoints,
      issuerURLs: issuerURLs, lifetime: lifetime)
  }
}

extension NameConstraints {
  /// One line for people and digests.
  package var summary: String {
    [("permitted", permitted), ("excluded", excluded)].filter { !$0.1.isEmpty }
      .map { "\($0.0) \($0.1.summary)" }.joined(separator: "; ")
  }
}

extension NameConstraints.Subtrees {
  fileprivate var summary: String {
    let parts =
      dnsNames.map { "dns:\($0)" } + ipRanges.map { "ip:\($0)" } + uriDomains.map { "uri:\($0)" }
      + emailAddresses.map { "email:\($0)" }
    return parts.joined(separator: ", ")
  }
}
