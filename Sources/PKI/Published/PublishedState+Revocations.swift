extension PublishedState {
  /// The entries of a key's next CRL, sorted by serial number.
  ///
  /// An entry stays until it has been on one CRL issued after its certificate expired (RFC 5280
  /// section 3.3): it leaves when the CRL before this one was.
  package func revocationEntries(of key: KeyID) -> [RevocationEntry] {
    let since = unitedLists[key] ?? revocationLists[key]?.thisUpdate
    var entries: [RevocationEntry] = []
    entries.reserveCapacity(revocations.count)
    // Nothing but the entries is kept: what the ledger says of a million certificates is much longer.
    for status in revocations.values
    where status.id.issuer == key && !status.isReleased
      && since.map({ status.notAfter >= $0 }) ?? true
    {
      entries.append(
        RevocationEntry(
          serial: status.id.serial, revocationDate: status.date, reason: status.reason)
      )
    }
    entries.sort { $0.serial < $1.serial }
    return entries
  }

  /// The revocations on record that a CRL lacks, those of certificates that expire before a moment
  /// left out, in no particular order.
  package func unlisted(
    in list: PublishedRevocationList, expiring moment: Timestamp
  ) -> [RevocationStatus] {
    func isOwed(_ status: RevocationStatus) -> Bool {
      status.id.issuer == list.issuer && !status.isReleased && status.notAfter >= moment
    }
    let owed = revocations.values.count(where: isOwed)
    var (listed, isAscending) = (0, true)
    var last: SerialNumber?
    list.facts.forEachEntry { view in
      guard let serial = SerialNumber(in: list.der, at: view.serial) else { return true }
      isAscending = last.map { $0 < serial } ?? true
      last = serial
      if revocations[CertificateID(issuer: list.issuer, serial: serial)].map(isOwed) ?? false {
        listed += 1
      }
      return isAscending
    }
    // Serials that ascend stand there once each, so that the number of those found says it all.
    if isAscending && listed == owed { return [] }
    let index = SerialIndex(list.facts)
    return revocations.values.filter { isOwed($0) && !index.contains($0.id.serial) }
  }

  /// The latest revocations that stand on CRLs, latest first and at most as many as asked for, and the
  /// number of all.
  package func latestListed(_ limit: Int) -> (latest: [RevocationStatus], count: Int) {
    func precedes(_ left: RevocationStatus, _ right: RevocationStatus) -> Bool {
      (right.date, left.id) < (left.date, right.id)
    }
    var (latest, count) = ([RevocationStatus](), 0)
    var bound: RevocationStatus?
    for list in revocationLists.values {
      list.facts.forEachEntry { view in
        guard let serial = SerialNumber(in: list.der, at: view.serial),
          let status = revocations[CertificateID(issuer: list.issuer, serial: serial)]
        else { return true }
        count += 1
        if let bound, !precedes(status, bound) { return true }
        latest.append(status)
        // Sorted once for every so many, so that few are kept and few are moved.
        guard latest.count > 2 * limit else { return true }
        latest.sort(by: precedes)
        latest.removeSubrange(limit...)
        bound = latest.last
        return true
      }
    }
    latest.sort(by: precedes)
    return (Array(latest.prefix(limit)), count)
  }
}
