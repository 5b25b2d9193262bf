extension Planner {
  /// Authorities from the roots down, so that a child sees what its issuer will be.
  mutating func planAuthorities() {
    for authority in desired.authoritiesFromRoots {
      outlooks[authority.name] = outlook(of: authority)
    }
  }

  private mutating func outlook(of authority: Authority) -> IssuerOutlook {
    let subject = Change.Subject.authority(authority.name)
    let spec = CertificateSpec(
      authority, issuer: authority.issuer.flatMap { desired.authorities[$0] })
    guard let current = published.current(of: authority.name), !isEnded(current) else {
      return issueAuthority(authority, spec)
    }
    if isRevoked(current.id) { return .unavailable }
    guard let key = current.facts.publicKey, key.algorithm == authority.key else {
      block(
        subject, .authorityKeyChanged(from: current.facts.keyAlgorithmName, to: authority.key))
      return .published(current)
    }
    if let guarded = changedIdentity(of: authority, spec, current) {
      block(subject, guarded)
      return .published(current)
    }
    let renewAt = renewalDate(of: authority, current)
    var reasons: [Reason] = []
    if current.isExpired(at: now) {
      reasons.append(.expired(current.facts.notAfter))
    } else if renewAt <= now {
      reasons.append(.due(renewAt: renewAt, notAfter: current.facts.notAfter))
    }
    let differences = spec.differences(from: current.facts).withoutConsequences.map {
      Reason.differs($0, authority.fields[$0.field.rawValue] ?? authority.place)
    }
    reasons += differences
    guard !reasons.isEmpty else { return .published(current) }
    if isWithholdingRoots, authority.issuer == nil {
      block(subject, .rootConsent(authority.name), reasons)
      return .published(current)
    }
    let planned = planned(authority, spec, key: .kept(key), follows: current)
    return admit(
      planned, as: differences.isEmpty ? .renew : .replace, subject, reasons,
      key: key.id)
      ?? .published(current)
  }

  private func isEnded(_ certificate: IssuedCertificate) -> Bool {
    published.isRetired(certificate.id)
  }

  private mutating func issueAuthority(
    _ authority: Authority, _ spec: CertificateSpec
  ) -> IssuerOutlook {
    let planned = planned(authority, spec, key: .new(authority.key), follows: nil)
    let reason: Reason =
      published.certificates(of: authority.name).isEmpty
      ? .missing(authority.place) : .returned(authority.place)
    return admit(planned, as: .issue, .authority(authority.name), [reason], key: nil)
      ?? .unavailable
  }

  /// Adds the change unless its issuer cannot bear it.
  private mutating func admit(
    _ planned: PlannedCertificate, as action: Change.Action, _ subject: Change.Subject,
    _ reasons: [Reason], key: KeyID?
  ) -> IssuerOutlook? {
    if let guarded = refusal(of: planned) {
      block(subject, guarded, reasons)
      return nil
    }
    add(action, subject, .certificate(planned), reasons)
    return .planned(planned, key: key)
  }

  /// Why a certificate cannot be issued, as far as its issuer decides.
  func refusal(of planned: PlannedCertificate) -> Guard? {
    if planned.isSelfSigned { return nil }
    guard let limit = outlooks[planned.issuer]?.notAfter else {
      return .issuerUnavailable(issuer: planned.issuer)
    }
    guard planned.validity.notAfter <= limit else {
      return .outlivesIssuer(
        notAfter: planned.validity.notAfter, issuer: planned.issuer, issuerNotAfter: limit)
    }
    return nil
  }

  private func planned(
    _ authority: Authority, _ spec: CertificateSpec, key: PlannedCertificate.Key,
    follows: IssuedCertificate?
  ) -> PlannedCertificate {
    let floor = [
      follows.map { Timestamp(seconds: $0.facts.notBefore.seconds + 1) },
      authority.issuer.flatMap { outlooks[$0]?.notBeforeFloor },
    ].compactMap(\.self).max()
    let validity = Validity(
      notBefore: Clock.notBefore(signing: now, floor: floor), lifetime: spec.lifetime)
    return PlannedCertificate(
      owner: authority.name, spec: spec, issuer: authority.issuer ?? authority.name, key: key,
      notBeforeFloor: floor, validity: validity,
      renewAt: RenewalDate.due(
        name: authority.name, validity: validity,
        renewBefore: renewBefore(of: authority)),
      follows: follows?.id)
  }

  /// A declared authority always has one; the whole lifetime would renew it at once.
  private func renewBefore(of authority: Authority) -> Lifetime {
    desired.renewBefore(of: authority.name) ?? authority.lifetime
  }

  private func renewalDate(of authority: Authority, _ current: IssuedCertificate) -> Timestamp {
    RenewalDate.due(
      name: authority.name, validity: current.facts.validity,
      renewBefore: renewBefore(of: authority))
  }

  /// An authority's key, subject and issuer are what relying parties know it by.
  private func changedIdentity(
    of authority: Authority, _ spec: CertificateSpec, _ current: IssuedCertificate
  ) -> Guard? {
    if current.facts.subject != spec.subject {
      return .authoritySubjectChanged(
        from: current.facts.subject.rfc4514, to: spec.subject.rfc4514)
    }
    let issuer = authority.issuer ?? authority.name
    let keys = published.certificates(of: issuer).map(\.facts.keyID)
    if !keys.contains(current.id.issuer) {
      return .authorityIssuerChanged(from: current.facts.issuer.rfc4514, to: issuer)
    }
    return nil
  }
}

extension DesiredState {
  /// Every authority after its issuer; those of one depth by name.
  package var authoritiesFromRoots: [Authority] {
    var depths: [Name: Int] = [:]
    func depth(_ authority: Authority) -> Int {
      var chain: [Name] = []
      var next: Authority? = authority
      while let current = next, depths[current.name] == nil {
        chain.append(current.name)
        next = current.issuer.flatMap { authorities[$0] }
      }
      var depth = next.flatMap { depths[$0.name] } ?? -1
      for name in chain.reversed() {
        depth += 1
        depths[name] = depth
      }
      return depths[authority.name] ?? 0
    }
    return authorities.values.map { ($0, depth($0)) }
      .sorted { ($0.1, $0.0.name) < ($1.1, $1.0.name) }.map(\.0)
  }
}
