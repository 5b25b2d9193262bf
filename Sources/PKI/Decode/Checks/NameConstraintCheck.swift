extension Check {
  /// Every name keeps the constraints of every authority above it (RFC 5280 section 6.1.3 (b) and
  /// (c)).
  static let nameConstraints = Check { draft, findings in
    var constraints: [Name: [Constrained]] = [:]
    for authority in draft.tree.parentsFirst {
      var all = authority.issuer.flatMap { constraints[$0] } ?? []
      if let own = authority.nameConstraints {
        all.append(Constrained(authority: authority, constraints: own))
      }
      if !all.isEmpty { constraints[authority.name] = all }
    }
    guard !constraints.isEmpty else { return }
    for authority in draft.tree.parentsFirst {
      let mail = authority.subject.values(of: .emailAddress)
      for above in authority.issuer.flatMap({ constraints[$0] }) ?? [] where !mail.isEmpty {
        let violations = above.constraints.violations(by: [], emailAddresses: mail)
        report(
          violations, of: authority.name, at: authority.fields["subject"] ?? authority.place, above,
          findings)
      }
    }
    for resolved in draft.identities {
      let identity = resolved.identity
      for above in constraints[identity.issuer] ?? [] {
        let violations = above.constraints.violations(
          by: identity.alternativeNames, commonName: identity.subject.commonName,
          emailAddresses: identity.subject.values(of: .emailAddress))
        report(
          violations, of: identity.name, at: resolved.namePlace, above, findings,
          declared: identity.alternativeNames)
      }
    }
  }

  private struct Constrained {
    let authority: Authority
    let constraints: NameConstraints
  }

  private static func report(
    _ violations: [NameConstraintViolation], of name: Name, at place: Place, _ above: Constrained,
    _ findings: FindingCollector, declared: [SubjectAlternativeName]? = nil
  ) {
    for violation in violations {
      // OpenSSL judges a common name with dots as a DNS name where there is none.
      let isCommonName =
        violation.name.kind == .dns && declared.map { !$0.contains(violation.name) } ?? false
      findings.add(
        place,
        "\(quoted(name.text)): \(isCommonName ? "the common name counts as a DNS name: " : "")"
          + "\(violation)",
        hint: "\(quoted(above.authority.name.text)) sets \"nameConstraints\" at"
          + " \(above.authority.fields["nameConstraints"] ?? above.authority.place)")
    }
  }
}
