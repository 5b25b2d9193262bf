extension Check {
  /// Revocations name what can be revoked, each once, and nothing depends on a revoked authority.
  static let revocations = Check { draft, findings in
    var targets: [Revocation.Target: Revocation] = [:]
    var revoked: [Name: Revocation] = [:]
    for revocation in draft.declarations.revocations {
      if let first = targets.updateValue(revocation, forKey: revocation.target) {
        targets[revocation.target] = first
        findings.add(
          revocation.place, "this revocation has the same target as another",
          hint: "the other is at \(first.place)")
      }
      checkTarget(revocation, draft, findings)
      if case .authority(let name) = revocation.target, !revocation.isReleased {
        revoked[name] = revocation
      }
    }
    if !revoked.isEmpty { checkIssued(revoked, draft, findings) }
  }

  private static func checkTarget(
    _ revocation: Revocation, _ draft: Draft, _ findings: FindingCollector
  ) {
    if let identity = revocation.identity, let owner = draft.declarations.owners[identity],
      owner.kind == "Authority"
    {
      findings.add(
        revocation.fields["identity"] ?? revocation.place,
        "\(quoted(identity.text)) is an Authority, not an identity",
        hint: "write \"authority: \(identity)\"")
    }
    guard case .authority(let name) = revocation.target else { return }
    let place = revocation.fields["authority"] ?? revocation.place
    if let owner = draft.declarations.owners[name], owner.kind != "Authority" {
      findings.add(
        place, "\(quoted(name.text)) is a \(owner.kind), not an Authority",
        hint: "write \"identity: \(name)\"")
    } else if let authority = draft.authorities[name], authority.issuer == nil {
      findings.add(
        place, "\(quoted(name.text)) is a root, which nobody can revoke",
        hint: "remove it from the trust bundles")
    }
  }

  private static func checkIssued(
    _ revoked: [Name: Revocation], _ draft: Draft, _ findings: FindingCollector
  ) {
    func check(_ owner: String, _ issuer: Name, at place: Place) {
      guard let revocation = revoked[issuer] else { return }
      findings.add(
        place, "\(owner) is issued by \(quoted(issuer.text)), which is revoked",
        hint: "the revocation is at \(revocation.place); name another issuer")
    }
    for identity in draft.declarations.identities {
      let owner = listed(identity.names.map(\.value.text))
      check(owner, identity.issuer, at: identity.place(of: "issuer"))
    }
    for authority in draft.declarations.authorities {
      guard let issuer = authority.issuer else { continue }
      check(
        quoted(authority.name.text), issuer, at: authority.fields["issuer"] ?? authority.place)
    }
  }
}
