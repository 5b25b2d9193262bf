import Cryptography
import PKI
import Parallel

/// Signs what a plan asks for, authorities before what they issue.
///
/// An authority's certificate is read back and verified at once, because others are signed under
/// it. Those of identities are looked at by ``PathCheck``, together with their paths.
struct Issuance {
  let keys: FolderKeyStore
  /// The moment of signing.
  let signing: Timestamp
  let progress: RunProgress.Observer

  /// What has been issued, with what was there before.
  struct Issued {
    var state: PublishedState
    var authorities: [SignedCertificate] = []
    var identities: [SignedCertificate] = []

    /// Authorities first.
    var certificates: [IssuedCertificate] { (authorities + identities).map(\.certificate) }
  }

  /// Makes the keys and signs the certificates of a plan.
  ///
  /// - Parameter state: the published state with the renames of the plan made.
  func issue(
    _ planned: [PlannedCertificate], onto state: PublishedState
  ) throws(ReconcileError) -> Issued {
    var issued = Issued(state: state)
    // The planner lists authorities from the roots down: each can sign once it is there.
    for certificate in planned where certificate.isAuthority {
      let key = try authorityKey(for: certificate)
      let signed = try sign([(certificate, key)], in: issued.state, selfSignedBy: key) { _ in }
      issued.authorities += signed
      issued.state = issued.state.adding(certificates: signed.map(\.certificate))
    }
    let identities = planned.filter { !$0.isAuthority }
    let publicKeys = try identityKeys(for: identities)
    let pairs = zip(identities, publicKeys).map { ($0, $1) }
    for (_, group) in Dictionary(grouping: pairs, by: { $0.0.issuer })
      .sorted(by: { $0.key < $1.key })
    {
      let before = issued.identities.count
      issued.identities += try sign(group, in: issued.state, selfSignedBy: nil) { done in
        progress(RunProgress(step: .signing, done: before + done, total: pairs.count))
      }
    }
    // Once for all issuers: identities issue nothing, and a state costs a walk over everything.
    issued.state = issued.state.adding(certificates: issued.identities.map(\.certificate))
    return issued
  }

  // MARK: - Keys

  private func authorityKey(
    for certificate: PlannedCertificate
  ) throws(ReconcileError) -> PublicKey {
    switch certificate.key {
    case .new(let algorithm):
      do throws(KeyStoreError) {
        return try keys.create(algorithm, owner: certificate.owner)
      } catch {
        throw .keys(error)
      }
    case .kept(let key), .requested(let key, _): return key
    }
  }

  /// The keys of identities in their order; new ones are made in one durable batch.
  private func identityKeys(
    for certificates: [PlannedCertificate]
  ) throws(ReconcileError) -> [PublicKey] {
    let wanted = certificates.compactMap { certificate -> KeyRequest? in
      guard case .new(let algorithm) = certificate.key else { return nil }
      return KeyRequest(owner: certificate.owner, algorithm: algorithm)
    }
    let total = wanted.count
    if total > 0 { progress(RunProgress(step: .keys, done: 0, total: total)) }
    var made: ArraySlice<PublicKey>
    do throws(KeyStoreError) {
      made = try keys.create(wanted) { [progress] done in
        progress(RunProgress(step: .keys, done: done, total: total))
      }[...]
    } catch {
      throw .keys(error)
    }
    return certificates.compactMap { certificate in
      switch certificate.key {
      case .new: made.popFirst()
      case .kept(let key), .requested(let key, _): key
      }
    }
  }

  // MARK: - Signing

  /// Signs certificates of one issuer.
  ///
  /// - Parameters:
  ///   - own: the key of what is signed, which for a root is the one that signs.
  ///   - report: told how many of the group are signed.
  private func sign(
    _ group: [(PlannedCertificate, PublicKey)], in state: PublishedState,
    selfSignedBy own: PublicKey?, _ report: @Sendable (Int) -> Void
  ) throws(ReconcileError) -> [SignedCertificate] {
    guard let first = group.first?.0 else { return [] }
    if first.isSelfSigned, let own {
      let issuer = CertificateIssuer(
        subject: first.spec.subject, keyIdentifier: own.id.bytes, publicKey: own)
      return try sign(group, as: issuer, of: first.issuer, [], report)
    }
    guard let current = state.current(of: first.issuer), let issuer = current.facts.asIssuer
    else {
      throw .checkFailed(
        subject: first.issuer.text, reason: "the issuer has no usable certificate")
    }
    let above = [current] + state.issuers(above: current)
    return try sign(group, as: issuer, of: first.issuer, above, report)
  }

  private func sign(
    _ group: [(PlannedCertificate, PublicKey)], as issuer: CertificateIssuer, of name: Name,
    _ above: [IssuedCertificate], _ report: @Sendable (Int) -> Void
  ) throws(ReconcileError) -> [SignedCertificate] {
    let signing = SigningSession(
      issuer: issuer, path: above.isEmpty ? nil : IssuerPath(above.map(\.facts)),
      intermediates: above.filter { !$0.isSelfSigned }.map(\.facts.der), signing: signing)
    report(0)
    let signed = try keys.signing(issuer.publicKey.id, of: name) { key throws(ReconcileError) in
      try Workers.map(
        group.count,
        each: { () throws(ReconcileError) in
          do throws(OpenSSLError) { return try Signer(key) } catch { throw .openSSL(error) }
        },
        progress: report,
        { signer, range throws(ReconcileError) in
          var signed: [SignedCertificate] = []
          signed.reserveCapacity(range.count)
          for (planned, publicKey) in group[range] {
            signed.append(try signing.sign(planned, publicKey, with: signer))
          }
          return signed
        })
    }
    if group.contains(where: { $0.0.isAuthority }) {
      let check = try CertificateCheck(issuer, signing: self.signing)
      for one in signed { try check.check(one) }
    }
    return signed
  }
}

/// What all certificates that one issuer signs in a run have in common.
private struct SigningSession: Sendable {
  let issuer: CertificateIssuer
  /// nil for a root.
  let path: IssuerPath?
  let intermediates: [[UInt8]]
  let signing: Timestamp

  func sign(
    _ planned: PlannedCertificate, _ publicKey: PublicKey, with signer: borrowing Signer
  ) throws(ReconcileError) -> SignedCertificate {
    let facts: CertificateFacts
    do {
      let permit = try planned.spec.permit(
        serial: try Random.serial(),
        notBefore: Clock.notBefore(signing: signing, floor: planned.notBeforeFloor),
        publicKey: publicKey, issuer: issuer, path: path)
      let signature = try signer.sign(permit.toBeSigned)
      facts = try CertificateFacts(permit.redeem(signature: signature))
    } catch {
      throw .checkFailed(subject: "\(planned.owner)", reason: "\(error)")
    }
    return SignedCertificate(
      planned: planned, publicKey: publicKey,
      certificate: LedgerCertificate.recorded(
        IssuedCertificate(
          id: CertificateID(issuer: issuer.publicKey.id, serial: facts.serial),
          issuedTo: planned.owner, request: planned.requestFile, facts: facts,
          intermediates: intermediates)))
  }
}

extension PlannedCertificate {
  var requestFile: String? {
    if case .requested(_, let file) = key { file } else { nil }
  }
}

extension FolderKeyStore {
  /// Lends an authority's key to the body.
  func signing<Value>(
    _ id: KeyID, of authority: Name,
    _ body: (borrowing PrivateKey) throws(ReconcileError) -> Value
  ) throws(ReconcileError) -> Value {
    do {
      return try withKey(id, owner: authority) { key in try body(key) }
    } catch let error as ReconcileError {
      throw error
    } catch KeyStoreError.absent {
      throw .missingAuthorityKey(name: authority, id: id)
    } catch let error as KeyStoreError {
      throw .keys(error)
    } catch {
      throw .checkFailed(subject: "the key of \(authority)", reason: "\(error)")
    }
  }
}
