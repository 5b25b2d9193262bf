import Cryptography
import PKI

/// Signs what a plan asks for, authorities before what they issue, and checks each certificate with
/// eyes that did not make it.
struct Issuance {
  let keys: FolderKeyStore
  /// The moment of signing.
  let signing: Timestamp
  let progress: RunProgress.Observer

  /// What has been issued, with what was there before.
  struct Issued {
    var state: PublishedState
    var certificates: [IssuedCertificate] = []
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
      try sign([(certificate, key)], by: certificate.issuer, selfSignedBy: key, &issued)
    }
    let identities = planned.filter { !$0.isAuthority }
    let publicKeys = try identityKeys(for: identities)
    let pairs = zip(identities, publicKeys).map { ($0, $1) }
    for (issuer, group) in Dictionary(grouping: pairs, by: { $0.0.issuer })
      .sorted(by: { $0.key < $1.key })
    {
      try sign(group, by: issuer, selfSignedBy: nil, &issued)
    }
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
    if !wanted.isEmpty { progress(RunProgress(step: .keys, done: 0, total: wanted.count)) }
    var made: ArraySlice<PublicKey>
    do throws(KeyStoreError) {
      made = try keys.create(wanted)[...]
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

  private func sign(
    _ group: [(PlannedCertificate, PublicKey)], by issuer: Name, selfSignedBy own: PublicKey?,
    _ issued: inout Issued
  ) throws(ReconcileError) {
    let isRoot = group.first?.0.isSelfSigned ?? false
    let signer: CertificateIssuer
    var above: [IssuedCertificate] = []
    if isRoot, let own, let subject = group.first?.0.spec.subject {
      signer = CertificateIssuer(subject: subject, keyIdentifier: own.id.bytes, publicKey: own)
    } else {
      guard let current = issued.state.current(of: issuer), let found = current.facts.asIssuer
      else {
        throw .checkFailed(subject: issuer.text, reason: "the issuer has no usable certificate")
      }
      signer = found
      above = [current] + issued.state.issuers(above: current)
    }
    let new = try sign(group, as: signer, of: issuer, above)
    issued.certificates += new
    issued.state = issued.state.adding(certificates: new)
  }

  private func sign(
    _ group: [(PlannedCertificate, PublicKey)], as signer: CertificateIssuer, of issuer: Name,
    _ above: [IssuedCertificate]
  ) throws(ReconcileError) -> [IssuedCertificate] {
    let intermediates = above.filter { !$0.isSelfSigned }.map(\.facts.der)
    let path = above.isEmpty ? nil : IssuerPath(above.map(\.facts))
    return try keys.signing(signer.publicKey.id, of: issuer) { key throws(ReconcileError) in
      let check = try CertificateCheck(signer)
      var issued: [IssuedCertificate] = []
      for (planned, publicKey) in group {
        if issued.count.isMultiple(of: RunProgress.interval) {
          progress(RunProgress(step: .signing, done: issued.count, total: group.count))
        }
        let facts = try certificate(planned, publicKey, signer, path, key)
        try check.check(facts, planned, publicKey, floor: signing)
        issued.append(
          IssuedCertificate(
            id: CertificateID(issuer: signer.publicKey.id, serial: facts.serial),
            issuedTo: planned.owner, request: planned.requestFile, facts: facts,
            intermediates: intermediates))
      }
      return issued
    }
  }

  private func certificate(
    _ planned: PlannedCertificate, _ publicKey: PublicKey, _ signer: CertificateIssuer,
    _ path: IssuerPath?, _ key: borrowing PrivateKey
  ) throws(ReconcileError) -> CertificateFacts {
    do {
      let permit = try planned.spec.permit(
        serial: try Random.serial(),
        notBefore: Clock.notBefore(signing: signing, floor: planned.notBeforeFloor),
        publicKey: publicKey, issuer: signer, path: path)
      let signature = try key.sign(permit.toBeSigned)
      return try CertificateFacts(permit.redeem(signature: signature))
    } catch {
      throw .checkFailed(subject: "\(planned.owner)", reason: "\(error)")
    }
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
