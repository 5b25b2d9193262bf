extension Change {
  /// The part of a change that a digest covers: what will be signed and recorded, with lifetimes
  /// instead of dates, since signing comes later than planning.
  package var digestedForm: JSON {
    .members([
      ("action", .string(action.rawValue)), ("kind", .string(subject.word)),
      ("name", .string(subject.name)), ("detail", detail.digestedForm),
    ])
  }
}

extension Change.Detail {
  fileprivate var digestedForm: JSON {
    switch self {
    case .certificate(let certificate): certificate.digestedForm
    case .events(let events): .array(events.map(\.digestedForm))
    case .revocationList(let list):
      // Not the number: an hourly refresh in between must not spoil a review.
      .members([("lifetime", .string(list.lifetime.description))])
    case .paths(let paths): .strings(paths)
    case .blocked(let guarded): .string(guarded.code)
    }
  }
}

extension PlannedCertificate {
  fileprivate var digestedForm: JSON {
    .members([
      ("issuer", .string(issuer.text)), ("key", keyForm), ("spec", spec.json),
    ])
  }

  private var keyForm: JSON {
    switch key {
    case .new(let algorithm): .string(algorithm.rawValue)
    case .kept(let key), .requested(let key, _): .string(key.id.hex)
    }
  }
}

extension PlannedEvent {
  fileprivate var digestedForm: JSON {
    let (event, argument): (String, String?) =
      switch action {
      case .revoke(let reason, _): ("revoke", reason.rawValue)
      case .release: ("release", nil)
      case .retire: ("retire", nil)
      case .rename(let name): ("rename", name.text)
      }
    return .members([
      ("event", .string(event)), ("argument", argument.map { .string($0) }),
      ("serial", .string(id.serial.description)), ("issuer", .string(id.issuer.hex)),
    ])
  }
}

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
