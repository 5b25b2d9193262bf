extension Planner {
  mutating func planIdentities() {
    for identity in desired.identities.values.sorted(by: { $0.name < $1.name })
    where endings[identity.name] == nil && !unsettled.contains(identity.name) {
      plan(identity)
    }
  }

  private mutating func plan(_ identity: Identity) {
    guard let authority = desired.authorities[identity.issuer] else { return }
    let spec = CertificateSpec(identity, issuer: authority)
    let current = published.current(of: identity.name)
    let (action, reasons) = decision(on: identity, spec, current)
    guard let action else { return }
    let subject = Change.Subject.identity(identity.kind, identity.name)
    let planned = planned(identity, spec, current, action)
    if let guarded = refusal(of: planned) ?? keyRefusal(of: planned)
      ?? subjectRefusal(of: planned)
    {
      block(subject, guarded, reasons)
      return
    }
    add(action, subject, .certificate(planned), reasons + afterlife(of: current, action))
  }

  // MARK: - Whether

  private mutating func decision(
    on identity: Identity, _ spec: CertificateSpec, _ current: IssuedCertificate?
  ) -> (Change.Action?, [Reason]) {
    guard let current else {
      let returned = !published.certificates(of: identity.name).isEmpty
      return (.issue, [returned ? .returned(identity.place) : .missing(identity.place)])
    }
    let replacing = replacements(identity, spec, current)
    let aging = aging(identity, current)
    if !replacing.isEmpty { return (.replace, replacing + aging) }
    return (aging.isEmpty ? nil : .renew, aging)
  }

  private func aging(_ identity: Identity, _ current: IssuedCertificate) -> [Reason] {
    if current.isExpired(at: now) { return [.expired(current.facts.notAfter)] }
    let renewAt = RenewalDate.due(
      name: identity.name, validity: current.facts.validity, renewBefore: identity.renewBefore)
    guard renewAt <= now else { return [] }
    return [.due(renewAt: renewAt, notAfter: current.facts.notAfter)]
  }

  /// Every reason why the current certificate is not the declared one.
  private mutating func replacements(
    _ identity: Identity, _ spec: CertificateSpec, _ current: IssuedCertificate
  ) -> [Reason] {
    var reasons: [Reason] = []
    if isRevoked(current.id) {
      let reason = revoking[current.id] ?? published.revocations[current.id]?.reason
      reasons.append(.revoked(reason ?? .unspecified, revocationPlaces[current.id]))
    } else if compromisedKeys.contains(current.facts.keyID) {
      reasons.append(.keyCompromised)
    }
    if !keys(of: identity.issuer).contains(current.id.issuer) {
      reasons.append(
        .issuerChanged(
          from: current.facts.issuer.rfc4514, to: identity.issuer, identity.place(of: "issuer")))
    }
    reasons += keyReasons(identity, current)
    reasons += specAfterRename(identity, spec, current).differences(from: current.facts)
      .withoutConsequences.map { .differs($0, place(of: $0.field, identity)) }
    return reasons
  }

  /// Where a field is declared; two of them stand in the issuer's document.
  private func place(of field: FieldDifference.Field, _ identity: Identity) -> Place {
    let issuer = desired.authorities[identity.issuer]
    return switch field {
    case .distributionPoints: issuer?.fields["crl"] ?? identity.place
    case .issuerUrl: issuer?.fields["issuerUrl"] ?? identity.place
    default: identity.place(of: field.rawValue)
    }
  }

  private func keyReasons(_ identity: Identity, _ current: IssuedCertificate) -> [Reason] {
    switch identity.key {
    case .managed(let algorithm):
      if current.request != nil { return [.requestDropped(identity.place(of: "key"))] }
      guard current.facts.publicKey?.algorithm != algorithm else { return [] }
      return [
        .keyAlgorithmChanged(
          from: current.facts.keyAlgorithmName, to: algorithm, identity.place(of: "key"))
      ]
    case .requested(let request):
      guard current.facts.keyID != request.publicKey.id else { return [] }
      return [.newRequest(file: request.file, identity.place(of: "request"))]
    }
  }

  /// A renamed identity keeps its certificate although its default common name is the old name.
  private func specAfterRename(
    _ identity: Identity, _ spec: CertificateSpec, _ current: IssuedCertificate
  ) -> CertificateSpec {
    guard identity.hasDefaultCommonName, current.issuedTo != identity.name else { return spec }
    let attributes = identity.subject.attributes.map {
      $0.field == .commonName
        ? Subject.Attribute(.commonName, current.issuedTo.text) : $0
    }
    return spec.with(subject: DistinguishedName(Subject(attributes)))
  }

  // MARK: - With what

  private func planned(
    _ identity: Identity, _ spec: CertificateSpec, _ current: IssuedCertificate?,
    _ action: Change.Action
  ) -> PlannedCertificate {
    let floor = [
      current.map { Timestamp(seconds: $0.facts.notBefore.seconds + 1) },
      revocationFloors[identity.name], outlooks[identity.issuer]?.notBeforeFloor,
    ].compactMap(\.self).max()
    let validity = Validity(
      notBefore: Clock.notBefore(signing: now, floor: floor), lifetime: spec.lifetime)
    return PlannedCertificate(
      owner: identity.name, spec: spec, issuer: identity.issuer,
      key: plannedKey(identity, current), notBeforeFloor: floor, validity: validity,
      renewAt: RenewalDate.due(
        name: identity.name, validity: validity, renewBefore: identity.renewBefore),
      follows: current?.id)
  }

  private func plannedKey(
    _ identity: Identity, _ current: IssuedCertificate?
  ) -> PlannedCertificate.Key {
    switch identity.key {
    case .requested(let request): return .requested(request.publicKey, file: request.file)
    case .managed(let algorithm):
      guard identity.rotation == .never, let current, current.request == nil,
        let key = current.facts.publicKey, key.algorithm == algorithm, !isRevoked(current.id),
        !compromisedKeys.contains(key.id)
      else { return .new(algorithm) }
      return .kept(key)
    }
  }

  // MARK: - Whether not

  private func keyRefusal(of planned: PlannedCertificate) -> Guard? {
    guard case .requested(let key, let file) = planned.key else { return nil }
    if compromisedKeys.contains(key.id) { return .compromisedRequest(file: file) }
    let other = published.certificates.values.first {
      $0.facts.keyID == key.id && published.owner(of: $0) != planned.owner
        && !$0.isExpired(at: now)
    }
    return other.map { .keyInUse(by: published.owner(of: $0)) }
  }

  /// Allow lists name subjects: no two names may hold one subject under one issuer at one time.
  private mutating func subjectRefusal(of planned: PlannedCertificate) -> Guard? {
    let holders = subjectHolders ?? unexpiredSubjects()
    subjectHolders = holders
    let issuing = keys(of: planned.issuer)
    let holder = holders[planned.spec.subject.caseFolded]?.first {
      issuing.contains($0.id.issuer) && published.owner(of: $0) != planned.owner
        && !isRevoked($0.id)
    }
    return holder.map { .subjectHeld(by: published.owner(of: $0), until: $0.facts.notAfter) }
  }

  private func unexpiredSubjects() -> [String: [IssuedCertificate]] {
    let unexpired = published.certificates.values.filter { !$0.isExpired(at: now) }
    return Dictionary(grouping: unexpired) { $0.facts.subject.caseFolded }
      .mapValues { $0.sorted(by: IssuedCertificate.isOlder) }
  }

  // MARK: - And then

  private func afterlife(of current: IssuedCertificate?, _ action: Change.Action) -> [Reason] {
    guard action == .replace, let current, !isRevoked(current.id),
      !current.isExpired(at: now)
    else { return [] }
    return [.staysValid(serial: current.id.serial, until: current.facts.notAfter)]
  }
}

extension [FieldDifference] {
  /// Without the set of extensions when a field explains it: a certificate that gains its first URI
  /// gains an extension, too, which tells a reader nothing more.
  var withoutConsequences: [FieldDifference] {
    count > 1 ? filter { $0.field != .extensions } : self
  }
}
