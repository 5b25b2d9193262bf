import Cryptography
import PKI

/// Signs the CRLs of a plan after everything that belongs on them has been recorded.
struct RevocationListSigning {
  let keys: FolderKeyStore

  func sign(
    _ planned: [PlannedRevocationList], from state: PublishedState, releasing: Set<CertificateID>,
    now: Timestamp
  ) throws(ReconcileError) -> [PublishedRevocationList] {
    var lists: [PublishedRevocationList] = []
    for list in planned {
      lists.append(try sign(list, from: state, releasing: releasing, now: now))
    }
    return lists
  }

  private func sign(
    _ planned: PlannedRevocationList, from state: PublishedState, releasing: Set<CertificateID>,
    now: Timestamp
  ) throws(ReconcileError) -> PublishedRevocationList {
    let authority =
      planned.key.flatMap { state.authorityCertificate(key: $0) }
      ?? state.current(of: planned.authority)
    guard let authority, let issuer = authority.facts.asIssuer else {
      throw .checkFailed(
        subject: "the CRL of \(planned.authority)", reason: "the authority has no certificate")
    }
    let key = issuer.publicKey.id
    let previous = state.revocationLists[key]
    let spec = RevocationListSpec(
      issuer: issuer, number: planned.number,
      thisUpdate: Clock.thisUpdate(signing: now, previous: previous?.thisUpdate),
      lifetime: planned.lifetime, entries: state.revocationEntries(of: key))
    let released = releasing.filter { $0.issuer == key }.map(\.serial)
    let list = try keys.signing(key, of: planned.authority) { privateKey throws(ReconcileError) in
      do {
        let permit = try spec.permit(
          after: previous, released: Set(released), expired: expiries(of: key, in: state))
        let der = try permit.signed { bytes in try privateKey.sign(bytes) }
        return try PublishedRevocationList(der: der, issuer: key)
      } catch {
        throw .checkFailed(subject: "the CRL of \(planned.authority)", reason: "\(error)")
      }
    }
    try RevocationListCheck.check(list, spec, issuer: authority)
    return list
  }

  private func expiries(of key: KeyID, in state: PublishedState) -> [SerialNumber: Timestamp] {
    Dictionary(
      state.revocations.values.filter { $0.id.issuer == key }.map { ($0.id.serial, $0.notAfter) },
      uniquingKeysWith: { first, _ in first })
  }
}
