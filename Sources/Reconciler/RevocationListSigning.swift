import Cryptography
import PKI

/// Signs the CRLs of a plan after everything that belongs on them has been recorded, and lets none
/// pass that forgets what the one before it said.
struct RevocationListSigning {
  let keys: FolderKeyStore
  /// The moment of signing.
  let signing: Timestamp

  func sign(
    _ planned: [PlannedRevocationList], from state: PublishedState
  ) throws(ReconcileError) -> [PublishedRevocationList] {
    var lists: [PublishedRevocationList] = []
    for list in planned { lists.append(try sign(list, from: state)) }
    return lists
  }

  private func sign(
    _ planned: PlannedRevocationList, from state: PublishedState
  ) throws(ReconcileError) -> PublishedRevocationList {
    let subject = "the CRL of \(planned.authority)"
    let authority =
      planned.key.flatMap { state.authorityCertificate(key: $0) }
      ?? state.current(of: planned.authority)
    guard let issuer = authority?.facts.asIssuer,
      let number = SerialNumber(counting: planned.number)
    else { throw .checkFailed(subject: subject, reason: "the authority has no usable certificate") }
    let key = issuer.publicKey.id
    let previous = state.revocationLists[key]
    let spec = RevocationListSpec(
      number: number,
      thisUpdate: Clock.thisUpdate(signing: signing, previous: previous?.thisUpdate),
      lifetime: planned.lifetime)
    let permit = try permit(spec, issuer, after: previous, state, subject)
    let signed = try sign(permit, issuer, of: planned.authority, subject)
    let list: PublishedRevocationList
    do {
      list = try PublishedRevocationList(signed, issuer: key)
      try check(list.facts, issuer)
    } catch {
      throw .checkFailed(subject: subject, reason: "\(error)")
    }
    return try signPartitions(planned, of: list, spec, issuer, from: state)
  }

  /// Signs what was permitted and reads it back.
  func sign(
    _ permit: consuming SigningPermit, _ issuer: CertificateIssuer, of authority: Name,
    _ subject: String
  ) throws(ReconcileError) -> RevocationListFacts {
    let key = issuer.publicKey.id
    let toBeSigned = permit.toBeSigned
    let signature = try keys.signing(key, of: authority) {
      privateKey throws(ReconcileError) in
      do throws(OpenSSLError) {
        return try privateKey.sign(toBeSigned)
      } catch {
        throw .openSSL(error)
      }
    }
    do {
      return try RevocationListFacts(permit.redeem(signature: signature))
    } catch {
      throw .checkFailed(subject: subject, reason: "\(error)")
    }
  }

  private func permit(
    _ spec: RevocationListSpec, _ issuer: CertificateIssuer,
    after previous: PublishedRevocationList?, _ state: PublishedState, _ subject: String
  ) throws(ReconcileError) -> SigningPermit {
    let entries = state.revocationEntries(of: issuer.publicKey.id)
    var writer = RevocationListWriter(capacity: entries.count)
    for entry in entries { writer.append(entry) }
    do throws(LintError) {
      return try writer.permit(
        spec, issuer: issuer, previous: previous?.facts
      ) { serial in mayGo(serial, previous, state) }
    } catch {
      throw .checkFailed(subject: subject, reason: error.description)
    }
  }

  func check(_ list: RevocationListFacts, _ issuer: CertificateIssuer) throws {
    let judged = try CertificateJudge(issuer: issuer.publicKey).judge(revocationList: list.der)
    guard judged.entryCount == list.count, judged.issuer == issuer.subject.der,
      judged.nextUpdate == list.nextUpdate
    else { throw LedgerError("OpenSSL reads something else in it") }
  }

  /// What may leave: released holds, and certificates that had expired when the CRL before was
  /// issued.
  private func mayGo(
    _ serial: SerialNumber, _ previous: PublishedRevocationList?, _ state: PublishedState
  ) -> Bool {
    guard let previous,
      let status = state.revocations[CertificateID(issuer: previous.issuer, serial: serial)]
    else { return false }
    return status.isReleased || status.notAfter < previous.thisUpdate
  }
}
