extension Planner {
  /// One CRL for every key of an authority that can still be relied on.
  mutating func planRevocationLists() {
    let added = Dictionary(grouping: revoking.keys, by: \.issuer)
    let released = Dictionary(grouping: releasing, by: \.issuer)
    for (name, key) in signingKeys() {
      let settings = settings(of: name, key)
      let previous = key.flatMap { published.revocationLists[$0] }
      let partitions = partitions(key, settings)
      let reasons =
        reasons(
          authority: name, settings, previous, added: key.flatMap { added[$0] } ?? [],
          released: key.flatMap { released[$0] } ?? [])
        + partitionReasons(authority: name, partitions, previous)
      guard !reasons.isEmpty else { continue }
      let list = PlannedRevocationList(
        authority: name, key: key, number: (previous?.number ?? 0) + 1,
        lifetime: settings.lifetime,
        thisUpdate: Clock.thisUpdate(signing: now, previous: previous?.thisUpdate),
        partitions: partitions)
      let isDeclared = reasons.contains { reason in
        switch reason {
        case .revocationListLifetime, .partitionsMissing: true
        default: false
        }
      }
      changes.append(
        Change(
          .publish, .revocationList(name), .revocationList(list), reasons,
          declaration: isDeclared ? Declaration.hash(settings) : nil))
    }
  }

  /// Every key that owes relying parties a CRL, with its authority: those that exist, by name, and
  /// those that this plan makes.
  private func signingKeys() -> [(Name, KeyID?)] {
    var keys: [(Name, KeyID?)] = []
    for name in published.owners {
      let certificates = published.unexpired(of: name, at: now).filter(\.facts.isAuthority)
      for key in Set(certificates.map(\.facts.keyID)).sorted()
      where desired.authorities[name] != nil || isReliedOn(key) {
        keys.append((name, key))
      }
    }
    for (name, outlook) in outlooks {
      if case .planned(_, key: nil) = outlook { keys.append((name, nil)) }
      // A renewal of an authority whose certificates have all expired still signs with its key.
      if case .planned(_, let key?) = outlook, !keys.contains(where: { $0.1 == key }) {
        keys.append((name, key))
      }
    }
    return keys.sorted { ($0.0, $0.1?.hex ?? "") < ($1.0, $1.1?.hex ?? "") }
  }

  /// Whether a key of an authority that left desired state still has certificates out there.
  private func isReliedOn(_ key: KeyID) -> Bool {
    published.certificates.values.contains {
      $0.id.issuer == key && $0.facts.keyID != key && !$0.isExpired(at: now)
    }
  }

  private func settings(of name: Name, _ key: KeyID?) -> RevocationListSettings {
    if let declared = desired.authorities[name] { return declared.crl }
    guard let lifetime = key.flatMap({ published.revocationLists[$0] })?.lifetime else {
      return .standard
    }
    return RevocationListSettings(
      lifetime: lifetime, refreshBefore: Lifetime(seconds: lifetime.seconds / 3),
      distributionPoints: [])
  }

  private func reasons(
    authority name: Name, _ settings: RevocationListSettings, _ previous: PublishedRevocationList?,
    added: [CertificateID], released: [CertificateID]
  ) -> [Reason] {
    guard let previous else { return [.firstRevocationList] }
    var reasons: [Reason] = published.unitedLists[previous.issuer] == nil ? [] : [.ledgersUnited]
    if !added.isEmpty {
      let listed = SerialIndex(previous.facts)
      let new = added.count { !listed.contains($0.serial) }
      if new > 0 { reasons.append(.entriesAdded(new)) }
      if new < added.count { reasons.append(.reasonsChanged(added.count - new)) }
    }
    if !released.isEmpty { reasons.append(.entriesReleased(released.count)) }
    let refreshAt = previous.refresh(before: settings.refreshBefore)
    if refreshAt <= now {
      reasons.append(.revocationListDue(refreshAt: refreshAt, nextUpdate: previous.nextUpdate))
    }
    if let authority = desired.authorities[name], previous.lifetime != settings.lifetime {
      reasons.append(
        .revocationListLifetime(
          from: previous.lifetime, to: settings.lifetime,
          authority.fields["crl"] ?? authority.place))
    }
    // A merge of two branches that both revoked leaves revocations on record that no CRL carries yet.
    let missing = published.unlisted(in: previous, expiring: previous.thisUpdate)
    return missing.isEmpty ? reasons : reasons + [.entriesAdded(missing.count)]
  }
}
