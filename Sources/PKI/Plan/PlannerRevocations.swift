extension Planner {
  /// What the Revocation documents ask of one certificate, taken together.
  private struct Request {
    var reason: RevocationReason
    var document: Revocation
    var isReleased: Bool
  }

  mutating func planRevocations() {
    var requests: [CertificateID: Request] = [:]
    for document in desired.revocations {
      for certificate in targets(of: document) {
        merge(document, into: &requests[certificate.id])
      }
    }
    refuseUnrevocations(requests)
    var events: [Name: [(PlannedEvent, Reason)]] = [:]
    for (id, request) in requests.sorted(by: { $0.key < $1.key }) {
      guard let certificate = published.certificates[id] else { continue }
      let owner = published.owner(of: certificate)
      guard let action = action(for: request, on: certificate, owner: owner) else { continue }
      let event = PlannedEvent(
        certificate, owner: owner, action: action,
        sequence: published.nextSequence(.revoked, of: id))
      let reason: Reason =
        request.isReleased
        ? .released(request.document.fields["released"] ?? request.document.place)
        : .declaredRevocation(request.reason, request.document.place)
      events[owner, default: []].append((event, reason))
    }
    for (owner, planned) in events.sorted(by: { $0.key < $1.key }) {
      addRevocation(of: owner, planned)
    }
  }

  /// Uses one of the protections that somebody allowed to be lifted.
  private mutating func mayLiftProtection() -> Bool {
    guard liftableProtections > 0 else { return false }
    liftableProtections -= 1
    return true
  }

  private mutating func addRevocation(of owner: Name, _ planned: [(PlannedEvent, Reason)]) {
    if lastApplied.isProtected(owner), !mayLiftProtection() {
      block(subject(of: owner), .protected(owner), planned.map(\.1).uniqued())
      return
    }
    var reasons = planned.map(\.1).uniqued()
    if desired.authorities[owner] != nil || lastApplied.authorities[owner] != nil {
      reasons.append(.cascades(unexpired: unexpiredCount(below: owner)))
    }
    for (event, cause) in planned {
      switch event.action {
      case .revoke(let reason, _):
        revoking[event.id] = reason
        revocationPlaces[event.id] = cause.place
        if reason.isCompromise { compromisedKeys.insert(event.publicKey) }
      case .release: releasing.insert(event.id)
      case .retire, .rename: break
      }
    }
    let isRelease = planned.allSatisfy { $0.0.action == .release }
    add(isRelease ? .publish : .revoke, subject(of: owner), .events(planned.map(\.0)), reasons)
  }

  /// How many unexpired certificates were issued below an authority, at any depth.
  private func unexpiredCount(below authority: Name) -> Int {
    var keys = Set(published.certificates(of: authority).map(\.facts.keyID))
    var pending = keys
    var count = 0
    while !pending.isEmpty {
      let level = published.certificates.values.filter {
        pending.contains($0.id.issuer) && $0.facts.keyID != $0.id.issuer
          && !$0.isExpired(at: now) && !published.isRevoked($0.id)
      }
      count += level.count
      pending = Set(level.filter(\.facts.isAuthority).map(\.facts.keyID)).subtracting(keys)
      keys.formUnion(pending)
    }
    return count
  }

  // MARK: - Targets

  private mutating func targets(of document: Revocation) -> [IssuedCertificate] {
    switch document.target {
    case .identity(let name):
      refuseUnknown(name, document)
      return published.unexpired(of: name, at: now)
    case .identityIssuedBefore(let name, let time):
      refuseUnknown(name, document)
      guard time <= now else {
        block(subject(of: name), .futureTime(time))
        return []
      }
      return published.unexpired(of: name, at: now).filter { $0.facts.notBefore < time }
    case .authority(let name):
      let certificates = published.unexpired(of: name, at: now)
      if certificates.contains(where: { $0.facts.isSelfIssued }) {
        block(.authority(name), .rootRevocation(name))
        return []
      }
      return certificates
    case .certificate(let issuer, let serial):
      return certificate(of: issuer, serial, document)
    }
  }

  private mutating func certificate(
    of issuer: Name, _ serial: SerialNumber, _ document: Revocation
  ) -> [IssuedCertificate] {
    let ids = Set(published.certificates(of: issuer).map(\.facts.keyID)).map {
      CertificateID(issuer: $0, serial: serial)
    }
    let state = published
    if let found = ids.compactMap({ state.certificates[$0] }).first {
      // The document says whose certificate it means, and a policy may have judged it by that.
      let owner = state.owner(of: found)
      if let name = document.identity, name != owner {
        block(.authority(issuer), .otherOwner(serial: serial, owner: owner, declared: name))
        return []
      }
      return found.isExpired(at: now) ? [] : [found]
    }
    // A document may outlive its certificate: what was revoked by it is on record.
    if published.revocations.keys.contains(where: { $0.serial == serial }) { return [] }
    block(.authority(issuer), .unknownSerial(issuer: issuer, serial: serial))
    return []
  }

  /// A misspelled name would revoke nothing and look done.
  private mutating func refuseUnknown(_ name: Name, _ document: Revocation) {
    let isKnown =
      desired.identities[name] != nil || lastApplied.identities[name] != nil
      || !published.certificates(of: name).isEmpty
      || published.revocations.values.contains { $0.owner == name }
    if !isKnown { block(.formerIdentity(name), .unknownIdentity(name)) }
  }

  private func merge(_ document: Revocation, into request: inout Request?) {
    guard let present = request else {
      request = Request(
        reason: document.reason, document: document, isReleased: document.isReleased)
      return
    }
    let wins =
      present.isReleased && !document.isReleased
      || (present.isReleased == document.isReleased
        && document.reason.isGraver(than: present.reason))
    if wins {
      request = Request(
        reason: document.reason, document: document, isReleased: document.isReleased)
    }
  }

  // MARK: - Decisions

  private mutating func action(
    for request: Request, on certificate: IssuedCertificate, owner: Name
  ) -> PlannedEvent.Action? {
    let status = published.revocations[certificate.id]
    guard let status, !status.isReleased else {
      return request.isReleased ? nil : .revoke(request.reason, cause: .document)
    }
    if request.isReleased {
      guard status.reason == .certificateHold else {
        block(subject(of: owner), .notOnHold(owner: owner, reason: status.reason))
        return nil
      }
      return .release
    }
    if status.reason == request.reason { return nil }
    guard request.reason.isGraver(than: status.reason) else {
      block(
        subject(of: owner),
        .reasonLightened(owner: owner, from: status.reason, to: request.reason))
      return nil
    }
    return .revoke(request.reason, cause: .document)
  }

  /// Deleting the document of a revocation that is still in force would let the certificate back in.
  private mutating func refuseUnrevocations(_ requests: [CertificateID: Request]) {
    for status in published.revocations.values.sorted(by: { $0.id < $1.id })
    where status.cause == .document && !status.isReleased && requests[status.id] == nil {
      guard let certificate = published.certificates[status.id],
        !certificate.isExpired(at: now)
      else { continue }
      let owner = published.owner(of: certificate)
      unsettled.insert(owner)
      block(
        subject(of: owner),
        .unrevocation(
          owner: owner, serial: status.id.serial, until: certificate.facts.notAfter,
          document: lastDocument(covering: certificate, owner)))
    }
  }

  /// Where the document stood that revoked a certificate.
  private func lastDocument(covering certificate: IssuedCertificate, _ owner: Name) -> Place? {
    lastApplied.revocations.first { document in
      switch document.target {
      case .identity(let name), .authority(let name): name == owner
      case .identityIssuedBefore(let name, let time):
        name == owner && certificate.facts.notBefore < time
      case .certificate(_, let serial): serial == certificate.facts.serial
      }
    }?.place
  }

  func subject(of name: Name) -> Change.Subject {
    if let identity = desired.identities[name] { return .identity(identity.kind, name) }
    if desired.authorities[name] != nil { return .authority(name) }
    if let identity = lastApplied.identities[name] { return .identity(identity.kind, name) }
    let wasAuthority = published.certificates(of: name).contains { $0.facts.isAuthority }
    return wasAuthority ? .authority(name) : .formerIdentity(name)
  }
}

extension DesiredState {
  /// Whether the identity or authority of a name was declared `protected: true`.
  package func isProtected(_ name: Name) -> Bool {
    identities[name]?.isProtected ?? authorities[name]?.isProtected ?? false
  }
}

extension Array where Element: Hashable {
  /// The elements without later repetitions.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

extension Planner {
  /// Revocations of identities that never had a certificate: they keep one from being issued, which
  /// a reader of the plan would not see otherwise.
  package static func warnings(
    desired: DesiredState, published: PublishedState
  ) -> [String] {
    desired.revocations.compactMap { document in
      guard case .identity(let name) = document.target, !document.isReleased,
        desired.identities[name] != nil, published.certificates(of: name).isEmpty
      else { return nil }
      return "\(name) gets no certificate: it is revoked (\(document.place))"
    }
  }
}
