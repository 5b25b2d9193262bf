extension CertificateSpec {
  /// Everything in which a certificate is not what this specification says, but for key, serial
  /// number and dates: the lifetime is compared, to the second.
  ///
  /// The one comparison: drift in a plan and the check after signing both come from here. Lists
  /// whose order means nothing are compared without it. With an issuer, what follows from the
  /// issuer and from the key is compared too.
  package func differences(
    from facts: CertificateFacts, issuer: CertificateIssuer? = nil
  ) -> [FieldDifference] {
    var found: [FieldDifference] = []
    // Text costs more than comparison, and nearly always there is no difference to put into words.
    func compare<Value: Equatable>(
      _ field: FieldDifference.Field, _ expected: Value, _ actual: Value,
      _ text: (Value) -> String
    ) {
      guard expected != actual else { return }
      let (expected, actual) = (text(expected), text(actual))
      guard expected != actual else { return }
      found.append(FieldDifference(field, expected: expected, actual: actual))
    }
    compareSubject(with: facts, &found)
    compare(.basicConstraints, authority, facts.values.authority, Self.text)
    compare(.keyUsage, keyUsage, facts.keyUsage ?? []) { $0.names.joined(separator: ", ") }
    compare(.extendedKeyUsage, extendedKeyUsage, facts.extendedKeyUsage ?? []) {
      Self.list($0.map(\.description))
    }
    for (kind, field) in Self.nameFields {
      compare(field, alternativeNames, facts.alternativeNames) { Self.list($0, kind) }
    }
    compare(.nameConstraints, nameConstraints, facts.nameConstraints, Self.text)
    compare(.distributionPoints, distributionPoints, facts.distributionPoints, Self.list)
    compare(.issuerUrl, issuerURLs, facts.issuerURLs, Self.list)
    compare(.lifetime, lifetime, facts.lifetime, \.description)
    compare(.extensions, expectedExtensions, facts.extensions, Self.text)
    compare(.others, [], facts.values.others + facts.ocspURLs.map { "ocsp: \($0)" }, Self.list)
    compare(.version, 3, facts.version, \.description)
    if let issuer { compareIssuer(issuer, with: facts, &found) }
    return found
  }

  private func compareSubject(with facts: CertificateFacts, _ found: inout [FieldDifference]) {
    guard subject != facts.subject else { return }
    let sameText = subject.attributes == facts.subject.attributes
    found.append(
      sameText
        ? FieldDifference(
          .subjectEncoding, expected: Hex.encode(subject.der),
          actual: Hex.encode(facts.subject.der))
        : FieldDifference(
          .subject, expected: subject.rfc4514, actual: facts.subject.rfc4514))
  }

  private func compareIssuer(
    _ issuer: CertificateIssuer, with facts: CertificateFacts, _ found: inout [FieldDifference]
  ) {
    if issuer.subject != facts.issuer {
      found.append(
        FieldDifference(
          .issuer, expected: issuer.subject.rfc4514, actual: facts.issuer.rfc4514))
    }
    let algorithm = SignatureAlgorithm(for: issuer.publicKey.algorithm).rawValue
    let pairs: [(FieldDifference.Field, String, String)] = [
      (
        .authorityKeyIdentifier, Hex.encode(issuer.keyIdentifier),
        Hex.encode(facts.authorityKeyIdentifier ?? [])
      ),
      (.subjectKeyIdentifier, facts.keyID.hex, Hex.encode(facts.subjectKeyIdentifier ?? [])),
      (.signatureAlgorithm, algorithm, facts.signatureAlgorithm.description),
    ]
    for (field, expected, actual) in pairs where expected != actual {
      found.append(FieldDifference(field, expected: expected, actual: actual))
    }
  }

  private static let nameFields: [(SubjectAlternativeName.Kind, FieldDifference.Field)] = [
    (.dns, .dnsNames), (.ip, .ipAddresses), (.uri, .uris), (.email, .emailAddresses),
  ]

  private static func list(_ names: [SubjectAlternativeName], _ kind: SubjectAlternativeName.Kind)
    -> String
  {
    list(names.filter { $0.kind == kind }.map(\.value))
  }

  private static func list(_ values: [String]) -> String {
    values.sorted().joined(separator: ", ")
  }

  private static func text(_ extensions: [CertificateExtension]) -> String {
    list(extensions.map(\.description))
  }

  private static func text(_ authority: AuthorityBits?) -> String {
    guard let authority else { return "end entity" }
    return authority.pathLength.map { "authority, pathLength \($0)" } ?? "authority"
  }

  private static func text(_ constraints: NameConstraints?) -> String {
    guard let constraints, !constraints.isEmpty else { return "" }
    let parts = [("permitted", constraints.permitted), ("excluded", constraints.excluded)]
    return parts.flatMap { word, subtrees in
      subtrees.texts.sorted().map { "\(word) \($0)" }
    }.joined(separator: ", ")
  }
}

extension NameConstraints.Subtrees {
  /// One text for each subtree, as in `ip 10.0.0.0/8`.
  package var texts: [String] {
    dnsNames.map { "dns \($0)" } + ipRanges.map { "ip \($0)" }
      + uriDomains.map { "uri \($0)" } + emailAddresses.map { "email \($0)" }
  }
}
