extension Check {
  /// Issuers and trusted authorities are declared, and nobody certifies itself by way of others.
  static let issuers = Check { draft, findings in
    let declarations = draft.declarations
    let hints = NameHints(
      declarations.owners.filter { $0.value.kind == "Authority" }.keys, what: "declared authorities"
    )
    for authority in declarations.authorities {
      if let issuer = authority.issuer {
        checkAuthority(
          issuer, "issuer", at: authority.fields["issuer"] ?? authority.place, declarations, hints)
      }
    }
    for identity in declarations.identities {
      checkAuthority(
        identity.issuer, "issuer", at: identity.place(of: "issuer"), declarations, hints)
    }
    for trusted in declarations.trusted {
      checkAuthority(trusted.value, "authority", at: trusted.place, declarations, hints)
    }
    checkCircles(draft, findings)
  }

  private static func checkAuthority(
    _ name: Name, _ role: String, at place: Place, _ declarations: Declarations, _ hints: NameHints
  ) {
    guard let owner = declarations.owners[name] else {
      declarations.findings.add(
        place, "\(role) \(quoted(name.text)) is not declared", hint: hints.hint(for: name))
      return
    }
    if owner.kind != "Authority" {
      declarations.findings.add(
        place, "\(role) \(quoted(name.text)) is a \(owner.kind), not an Authority",
        hint: "it is declared at \(owner.place)")
    }
  }

  /// Follows the issuers of whatever the tree of authorities leaves out.
  private static func checkCircles(_ draft: Draft, _ findings: FindingCollector) {
    var seen = Set(draft.tree.parentsFirst.map(\.name))
    for start in draft.declarations.authorities where !seen.contains(start.name) {
      var path: [Authority] = []
      var positions: [Name: Int] = [:]
      var current: Authority? = start
      while let authority = current, seen.insert(authority.name).inserted {
        positions[authority.name] = path.count
        path.append(authority)
        current = authority.issuer.flatMap { draft.authorities[$0] }
      }
      guard let closing = current, let first = positions[closing.name] else { continue }
      let names = (path[first...].map(\.name) + [closing.name]).map(\.text)
      findings.add(
        closing.fields["issuer"] ?? closing.place,
        closing.issuer == closing.name
          ? "\(quoted(closing.name.text)) names itself as its issuer"
          : "authorities certify one another in a circle: \(names.prefix(9).map { quoted($0) }.joined(separator: ", "))",
        hint: "a root has no \"issuer\"")
    }
  }
}
