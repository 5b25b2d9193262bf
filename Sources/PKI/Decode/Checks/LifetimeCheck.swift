extension Check {
  /// Nothing outlives its issuer, and every authority can be renewed in time.
  static let lifetimes = Check { draft, findings in
    for resolved in draft.identities {
      let identity = resolved.identity
      checkIssuer(
        of: identity.lifetime, at: identity.place(of: "lifetime"), identity.issuer, draft, findings)
    }
    let schedule = RenewalSchedule(draft.tree, identities: draft.identities.lazy.map(\.identity))
    for authority in draft.declarations.authorities {
      checkShortest(authority, findings)
      if let issuer = authority.issuer {
        checkIssuer(
          of: authority.lifetime, at: authority.fields["lifetime"] ?? authority.place, issuer,
          draft, findings)
      }
      checkRenewal(of: authority, schedule, draft, findings)
    }
  }

  private static func checkIssuer(
    of lifetime: Lifetime, at place: Place, _ issuer: Name, _ draft: Draft,
    _ findings: FindingCollector
  ) {
    guard let issuer = draft.authorities[issuer], lifetime > issuer.lifetime else { return }
    findings.add(
      place,
      "a lifetime of \(lifetime) is longer than that of its issuer \(quoted(issuer.name.text)),"
        + " \(issuer.lifetime)",
      hint: "the issuer's lifetime is set at \(issuer.fields["lifetime"] ?? issuer.place)")
  }

  private static func checkShortest(_ authority: Authority, _ findings: FindingCollector) {
    guard authority.lifetime < Lifetime.shortest else { return }
    findings.add(
      authority.fields["lifetime"] ?? authority.place,
      "a lifetime of \(authority.lifetime) is shorter than \(Lifetime.shortest)",
      hint: "five minutes of it go to clocks that differ")
  }

  private static func checkRenewal(
    of authority: Authority, _ schedule: RenewalSchedule, _ draft: Draft,
    _ findings: FindingCollector
  ) {
    let longest = schedule.longest[authority.name]
    if let declared = authority.renewBefore {
      let place = authority.fields["renewBefore"] ?? authority.place
      if declared >= authority.lifetime {
        findings.add(
          place,
          "\"renewBefore\" of \(declared) is not shorter than the lifetime of \(authority.lifetime)"
        )
      } else if let longest, declared < longest.lifetime {
        findings.add(
          place,
          "\"renewBefore\" of \(declared) is shorter than the longest lifetime that"
            + " \(quoted(authority.name.text)) issues, \(longest.lifetime)",
          hint: "that is the lifetime of \(quoted(longest.subject.text))")
      }
      return
    }
    guard let longest, longest.lifetime <= authority.lifetime,
      let needed = schedule.renewBefore[authority.name], needed >= authority.lifetime
    else { return }
    findings.add(
      authority.fields["lifetime"] ?? authority.place,
      "\(quoted(authority.name.text)) cannot be renewed in time: \(quoted(longest.subject.text)) lasts"
        + " \(longest.lifetime) and is renewed \(longest.renewBefore) before its end, together"
        + " \(needed), and the authority itself lasts \(authority.lifetime)",
      hint: "lengthen this lifetime, shorten that one, or set \"renewBefore\" here")
  }
}
