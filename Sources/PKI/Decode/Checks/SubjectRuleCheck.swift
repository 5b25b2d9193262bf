extension Check {
  /// Every subject keeps the rules of the authority that certifies it.
  static let subjectRules = Check { draft, findings in
    for authority in draft.declarations.authorities {
      guard let issuer = authority.issuer.flatMap({ draft.authorities[$0] }) else { continue }
      report(
        authority.subject, of: authority.name, at: authority.fields["subject"] ?? authority.place,
        issuer, findings)
    }
    for resolved in draft.identities {
      let identity = resolved.identity
      guard let issuer = draft.authorities[identity.issuer] else { continue }
      report(
        identity.subject, of: identity.name,
        at: identity.fields["subject"] ?? resolved.namePlace, issuer, findings)
    }
  }

  private static func report(
    _ subject: Subject, of name: Name, at place: Place, _ issuer: Authority,
    _ findings: FindingCollector
  ) {
    guard let rules = issuer.subjectRules else { return }
    for field in Subject.Field.allCases {
      guard
        let problem = problem(subject.values(of: field), field, rules.rules[field], issuer)
      else { continue }
      findings.add(
        place, "the subject of \(quoted(name.text)) \(problem)",
        hint: "\(quoted(issuer.name.text)) sets \"subjectRules\" at"
          + " \(issuer.fields["subjectRules"] ?? issuer.place)")
    }
  }

  private static func problem(
    _ values: [String], _ field: Subject.Field, _ rule: SubjectRules.Rule?, _ issuer: Authority
  ) -> String? {
    switch rule {
    case .optional: return nil
    case .supplied:
      return values.isEmpty ? "has no \(field.rawValue), which its issuer asks for" : nil
    case .match:
      let own = issuer.subject.values(of: field)
      if values == own, !own.isEmpty { return nil }
      if own.isEmpty {
        return "must match the \(field.rawValue) of its issuer, which has none"
      }
      return "must have its issuer's \(field.rawValue), \(listed(own))"
    case nil:
      return values.isEmpty ? nil : "has \(field.rawValue), which its issuer has no rule for"
    }
  }
}
