import Cryptography
import PKI

/// Judges the CRLs of a branch: one for every key that owes one, signed, fresh, and saying exactly
/// what the ledger's events say.
struct RevocationListAudit {
  let state: PublishedState
  /// The CRLs that could be read, with their paths.
  let lists: [KeyID: (path: String, list: PublishedRevocationList)]
  let declared: Set<Name>
  let now: Timestamp

  func problems() -> [AuditProblem] {
    owing().flatMap { authority -> [AuditProblem] in
      let key = authority.facts.keyID
      guard let (path, list) = lists[key] else {
        return [
          AuditProblem(
            "authorities/\(state.owner(of: authority))/\(key)/crl.der",
            "is missing: relying parties refuse everything that this key has issued",
            hint: "certwright apply signs a new one")
        ]
      }
      return (signatureFaults(list, authority) + freshness(list, authority) + entryFaults(list)).map
      {
        AuditProblem(path, $0.message, hint: $0.hint)
      }
    }
  }

  private struct Fault {
    let message: String
    var hint: String?
  }

  /// Every unexpired key of an authority.
  private func owing() -> [IssuedCertificate] {
    state.authorityKeys.filter { !$0.isExpired(at: now) }
  }

  private func signatureFaults(
    _ list: PublishedRevocationList, _ authority: IssuedCertificate
  ) -> [Fault] {
    guard let issuer = authority.facts.asIssuer else {
      return [Fault(message: "its authority's key is of an unknown kind")]
    }
    var messages = list.facts.problems.map(\.description)
    do {
      _ = try CertificateJudge(issuer: issuer.publicKey).judge(revocationList: list.der)
    } catch {
      messages.append("\(error)")
    }
    if list.facts.issuer != issuer.subject {
      messages.append(
        "is by \"\(list.facts.issuer.rfc4514)\", not by \"\(issuer.subject.rfc4514)\"")
    }
    if let identifier = list.facts.authorityKeyIdentifier, identifier != issuer.keyIdentifier {
      messages.append("names another key of its issuer")
    }
    return messages.map { Fault(message: $0) }
  }

  /// A key whose authority has left and that has nothing unexpired out there owes nobody a fresh
  /// list.
  private func freshness(
    _ list: PublishedRevocationList, _ authority: IssuedCertificate
  ) -> [Fault] {
    let key = authority.facts.keyID
    let isReliedOn =
      declared.contains(state.owner(of: authority))
      || state.certificates.values.contains {
        $0.id.issuer == key && $0.facts.keyID != key && !$0.isExpired(at: now)
      }
    if isReliedOn, list.nextUpdate < now {
      return [
        Fault(
          message: "is stale since \(list.nextUpdate): relying parties refuse everything",
          hint: "certwright apply signs a new one")
      ]
    }
    guard list.thisUpdate > now + Clock.skew else { return [] }
    return [Fault(message: "begins in the future, at \(list.thisUpdate)", hint: "set the clock")]
  }

  private func entryFaults(_ list: PublishedRevocationList) -> [Fault] {
    var faults = state.unlisted(in: list, expiring: now).sorted { $0.id < $1.id }.map { status in
      Fault(
        message: "lacks serial \(status.id.serial) of \"\(status.owner)\", which is revoked",
        hint: "certwright apply signs a new one")
    }
    // In the order of the list, whose entries are looked at where they stand.
    list.facts.forEachEntry { view in
      guard let serial = SerialNumber(in: list.der, at: view.serial) else { return true }
      let entry = RevocationEntry(
        serial: serial, revocationDate: view.revocationDate, reason: view.reason)
      if let message = mismatch(entry, list.issuer) { faults.append(Fault(message: message)) }
      return true
    }
    return faults
  }

  private func mismatch(_ entry: RevocationEntry, _ issuer: KeyID) -> String? {
    let id = CertificateID(issuer: issuer, serial: entry.serial)
    guard let status = state.revocations[id], !status.isReleased else {
      return "revokes serial \(entry.serial), for which the ledger has no event"
    }
    if status.date != entry.revocationDate {
      return "revokes serial \(entry.serial) at \(entry.revocationDate), the ledger at"
        + " \(status.date)"
    }
    guard status.reason != entry.reason else { return nil }
    return "gives serial \(entry.serial) the reason \(entry.reason.rawValue), the ledger"
      + " \(status.reason.rawValue)"
  }
}

extension PublishedState {
  /// The newest certificate of every authority's key, sorted by name and key.
  var authorityKeys: [IssuedCertificate] {
    Set(certificates.values.filter(\.facts.isAuthority).map(\.facts.keyID))
      .compactMap { authorityCertificate(key: $0) }
      .sorted { (owner(of: $0), $0.facts.keyID) < (owner(of: $1), $1.facts.keyID) }
  }
}
