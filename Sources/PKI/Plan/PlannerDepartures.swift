extension Planner {
  /// What has certificates and is declared no more.
  mutating func planDepartures() {
    for name in published.owners
    where desired.identities[name] == nil && desired.authorities[name] == nil {
      let leaving = published.unexpired(of: name, at: now).filter {
        !published.isRetired($0.id) && !isRevoked($0.id)
      }
      guard let newest = leaving.last else { continue }
      retire(name, leaving, newest)
    }
  }

  private mutating func retire(
    _ name: Name, _ leaving: [IssuedCertificate], _ newest: IssuedCertificate
  ) {
    let last = lastApplied.identities[name]?.place ?? lastApplied.authorities[name]?.place
    if lastApplied.isProtected(name) {
      block(subject(of: name), .protected(name), [.removed(last: last)])
      return
    }
    let retirements = leaving.map {
      PlannedEvent(
        $0, owner: name, action: .retire, sequence: published.nextSequence(.retired, of: $0.id))
    }
    guard let old = lastApplied.identities[name], old.onRemoval == .revoke else {
      add(
        .retire, subject(of: name), .events(retirements),
        [
          .removed(last: last),
          .validUntil(newest.facts.notAfter, name: name, isAuthority: newest.facts.isAuthority),
        ])
      return
    }
    let revocations = leaving.map {
      PlannedEvent(
        $0, owner: name, action: .revoke(.cessationOfOperation, cause: .removal),
        sequence: published.nextSequence(.revoked, of: $0.id))
    }
    for certificate in leaving { revoking[certificate.id] = .cessationOfOperation }
    add(
      .revoke, subject(of: name), .events(revocations + retirements),
      [.removedWithRevocation(last: old.place)])
  }
}
