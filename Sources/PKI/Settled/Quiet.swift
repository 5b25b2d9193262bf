extension Planner {
  /// The first moment at which a plan that is empty now may have something to do, if neither state
  /// changes; nil where that cannot be told from dates alone.
  package static func quietUntil(
    desired: DesiredState, published: PublishedState, now: Timestamp
  ) -> Timestamp? {
    guard hasDeclaredAuthorities(desired, published, now), knowsRevoked(desired, published) else {
      return nil
    }
    let ended = Set(
      desired.revocations.compactMap { document -> Name? in
        guard case .identity(let name) = document.target, !document.isReleased else { return nil }
        return name
      })
    var first = Timestamp.endOfTime
    for identity in desired.identities.values where !ended.contains(identity.name) {
      guard let current = published.current(of: identity.name) else { return nil }
      first = min(
        first,
        RenewalDate.due(
          name: identity.name, validity: current.facts.validity,
          renewBefore: identity.renewBefore))
    }
    for authority in desired.authorities.values {
      guard let date = quietUntil(authority, desired, published) else { return nil }
      first = min(first, date)
    }
    return first
  }

  private static func quietUntil(
    _ authority: Authority, _ desired: DesiredState, _ published: PublishedState
  ) -> Timestamp? {
    guard let current = published.current(of: authority.name),
      let renewBefore = desired.renewBefore(of: authority.name)
    else { return nil }
    var first = RenewalDate.due(
      name: authority.name, validity: current.facts.validity, renewBefore: renewBefore)
    for key in Set(published.certificates(of: authority.name).map(\.facts.keyID)) {
      guard let list = published.revocationLists[key] else { continue }
      // A partition that is declared no more ends with the last certificate that names it.
      guard Set(list.partitions.map(\.points)).isSubset(of: authority.crl.partitionPoints) else {
        return nil
      }
      first = min(first, list.refresh(before: authority.crl.refreshBefore))
    }
    return first
  }

  /// A CRL that is owed for an authority nobody declares follows from what it once issued.
  private static func hasDeclaredAuthorities(
    _ desired: DesiredState, _ published: PublishedState, _ now: Timestamp
  ) -> Bool {
    published.authorityOwners.allSatisfy { name in
      desired.authorities[name] != nil || published.unexpired(of: name, at: now).isEmpty
    }
  }

  /// A document may name somebody of whom only a certificate is left, and that one is forgotten some
  /// time after it has expired.
  private static func knowsRevoked(
    _ desired: DesiredState, _ published: PublishedState
  ) -> Bool {
    let revoked = Set(published.revocations.values.map(\.owner))
    return desired.revocations.allSatisfy { document in
      switch document.target {
      case .identity(let name), .identityIssuedBefore(let name, _):
        desired.identities[name] != nil || revoked.contains(name)
      case .authority, .certificate: true
      }
    }
  }
}

extension PublishedRevocationList {
  /// When the next one is due.
  func refresh(before: Lifetime) -> Timestamp {
    Timestamp(seconds: nextUpdate.seconds + 1 - before.seconds)
  }
}
