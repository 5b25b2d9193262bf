/// Finds who gains or loses access by a plan: evaluates the bundles as they are and as they will be,
/// for every certificate that could be treated otherwise afterwards.
///
/// Most identities are on no list and fare like everybody below their issuer. They are looked at one
/// by one only when that changes, so the work follows the plan and the lists, not the number of
/// identities.
package struct AccessComparison {
  private let before: AccessState
  private let after: AccessState
  private let plan: PlannedState
  private let doors: [Doors]
  private let places: AccessPlaces

  /// Doors that decide alike, on both sides; a side without the listener lets nobody in.
  private struct Doors {
    var all: [AccessDoor]
    let path: String
    let before: AccessListener?
    let after: AccessListener?

    /// No certificate is asked for on a side, so that having one makes no difference there.
    var isOpen: Bool {
      before?.asksForCertificates == false || after?.asksForCertificates == false
    }
  }

  /// What a comparison finds.
  package struct Report: Sendable {
    package var changes: [AccessChange] = []
    /// Routes for certificates that let several in before and nobody afterwards.
    package var emptied: [AccessDoor] = []
    /// Whether something changes for everybody below an issuer, on lists or not.
    package var isSweeping = false
  }

  package static func report(
    desired: DesiredState, lastApplied: DesiredState, published: PublishedState,
    planned changes: [Change], now: Timestamp
  ) -> Report {
    guard !desired.proxies.isEmpty || !lastApplied.proxies.isEmpty else { return Report() }
    let isSame =
      desired.proxies == lastApplied.proxies && desired.trustBundles == lastApplied.trustBundles
    guard !isSame || changes.contains(where: { $0.matters(to: published, at: now) }) else {
      return Report()
    }
    let comparison = AccessComparison(
      desired: desired, lastApplied: lastApplied, published: published, changes, now)
    let moved = comparison.movedIssuers
    return Report(
      changes: comparison.changes(moved), emptied: comparison.emptied,
      isSweeping: !moved.isEmpty)
  }

  private init(
    desired: DesiredState, lastApplied: DesiredState, published: PublishedState,
    _ changes: [Change], _ now: Timestamp
  ) {
    plan = PlannedState(changes, onto: published, now: now)
    before = AccessState(
      desired: lastApplied, published: published, at: published.newestSigningTime ?? now, now: now)
    after = AccessState(
      desired: desired, published: plan.state, at: now, now: now, freshLists: plan.lists)
    doors = Self.doors(before, after)
    places = AccessPlaces(doors.flatMap(\.all))
  }

  private static func doors(_ before: AccessState, _ after: AccessState) -> [Doors] {
    struct Likeness: Hashable {
      let path: String
      let before: ObjectIdentifier?
      let after: ObjectIdentifier?
    }
    var doors: [Doors] = []
    var places: [Likeness: Int] = [:]
    for id in Set(before.listeners.keys).union(after.listeners.keys).sorted() {
      let sides = (before.listeners[id], after.listeners[id])
      for path in Set((sides.0?.paths ?? []) + (sides.1?.paths ?? [])).sorted() {
        let likeness = Likeness(
          path: path, before: sides.0.map(ObjectIdentifier.init),
          after: sides.1.map(ObjectIdentifier.init))
        let door = AccessDoor(listener: id, path: path)
        if let place = places[likeness] {
          doors[place].all.append(door)
        } else {
          places[likeness] = doors.count
          doors.append(Doors(all: [door], path: path, before: sides.0, after: sides.1))
        }
      }
    }
    return doors
  }

  private func changes(_ moved: Set<KeyID>) -> [AccessChange] {
    var groups = AccessGroups(places: places, doors: doors.map(\.all))
    for name in names(moved) { groups.add(name, outcomes(of: name)) }
    return (groups.changes + anyone).sorted { left, right in
      (left.rank, left.who == .anyone ? 0 : 1, left.sentence)
        < (right.rank, right.who == .anyone ? 0 : 1, right.sentence)
    }
  }

  private var emptied: [AccessDoor] {
    doors.filter { door in
      guard let before = door.before, let after = door.after else { return false }
      return before.capacity(of: door.path) > 1 && after.capacity(of: door.path) == 0
    }.flatMap(\.all).sorted()
  }

  // MARK: - Whom to look at

  private func names(_ moved: Set<KeyID>) -> [Name] {
    var names = plan.touched.union(before.listed).union(after.listed)
    if !moved.isEmpty {
      for certificate in plan.state.certificates.values where moved.contains(certificate.id.issuer)
      {
        names.insert(plan.state.owner(of: certificate))
      }
    }
    return names.sorted()
  }

  /// The issuers below which somebody on no list fares otherwise afterwards.
  private var movedIssuers: Set<KeyID> {
    var moved: Set<KeyID> = []
    for door in doors where !door.isOpen {
      let issuers = Set(door.before?.issuers.map(\.self) ?? [])
        .union(door.after?.issuers.map(\.self) ?? [])
      for issuer in issuers where !moved.contains(issuer) {
        let name = plan.state.authoritiesByKey[issuer]?.facts.subject
        func admission(_ listener: AccessListener?) -> Admission? {
          listener.flatMap {
            $0.admission(of: $0.stranger(below: issuer, named: name), to: door.path)
          }
        }
        if admission(door.before) != admission(door.after) { moved.insert(issuer) }
      }
    }
    return moved
  }

  // MARK: - What becomes of them

  /// A certificate with what is the same at every door.
  private struct Judged {
    let shown: ShownCertificate
    /// Whether it passes what does not depend on the listener, before and after.
    let wasGood: Bool
    let isGood: Bool

    var certificate: IssuedCertificate { shown.certificate }

    init(_ certificate: IssuedCertificate, _ before: AccessState, _ after: AccessState) {
      shown = ShownCertificate(certificate)
      wasGood = before.isGood(certificate)
      isGood = after.isGood(certificate)
    }
  }

  /// The certificates of one identity at one door.
  private struct Standing {
    /// Of those that exist: those that get in before, those that get in afterwards, in order.
    var before: [Admission?] = []
    var after: [Admission?] = []
    var planned: [Admission] = []
    /// When the access that its certificates give afterwards ends.
    var presentEnd: Timestamp?
    var plannedEnd: Timestamp?

    var had: Bool { before.contains { $0 != nil } }
    var keeps: Bool { after.contains { $0 != nil } }
    var isCut: Bool { zip(before, after).contains { $0.0 != nil && $0.1 == nil } }
  }

  private func outcomes(of name: Name) -> AccessOutcomes {
    let certificates = plan.state.unexpired(of: name, at: after.now).filter {
      !$0.facts.isAuthority
    }
    let existing = certificates.filter { !plan.planned.contains($0.id) }.map {
      Judged($0, before, after)
    }
    let planned = certificates.filter { plan.planned.contains($0.id) }.map {
      Judged($0, before, after)
    }
    let isRetired =
      planned.isEmpty && existing.contains { plan.retired.contains($0.certificate.id) }
    var outcomes = AccessOutcomes()
    guard !certificates.isEmpty else { return outcomes }
    for (index, door) in doors.enumerated() where !door.isOpen {
      let standing = standing(at: door, existing, planned)
      if standing.had { outcomes.had.append(index) }
      let kind = kind(
        of: standing, hasPlanned: !planned.isEmpty, hasExisting: !existing.isEmpty, isRetired)
      if let kind {
        outcomes.add(
          kind, at: index, sources: sources(standing, kind), until: end(standing, kind))
      } else if let pair = zip(standing.before, standing.after).first(where: { $0.0 != nil }),
        let old = pair.0, let new = pair.1
      {
        outcomes.addMoved(from: old, to: new, at: index, until: standing.presentEnd)
      }
    }
    return outcomes
  }

  private func standing(
    at door: Doors, _ existing: [Judged], _ planned: [Judged]
  ) -> Standing {
    func admission(_ judged: Judged, _ listener: AccessListener?, _ isGood: Bool) -> Admission? {
      guard let listener else { return nil }
      let client = listener.client(judged.shown, isGood: isGood)
      return listener.admission(of: client, to: door.path)
    }
    func end(_ judged: Judged) -> Timestamp {
      let facts = judged.certificate.facts
      return min(
        facts.notAfter, door.after?.chainEnd(judged.certificate.id.issuer) ?? facts.notAfter)
    }
    var standing = Standing()
    for certificate in existing {
      standing.before.append(admission(certificate, door.before, certificate.wasGood))
      let later = admission(certificate, door.after, certificate.isGood)
      standing.after.append(later)
      if later != nil {
        standing.presentEnd = max(standing.presentEnd ?? end(certificate), end(certificate))
      }
    }
    for certificate in planned {
      guard let admission = admission(certificate, door.after, certificate.isGood) else {
        continue
      }
      standing.planned.append(admission)
      standing.plannedEnd = max(standing.plannedEnd ?? end(certificate), end(certificate))
    }
    return standing
  }

  /// nil when nothing changes but, perhaps, the addresses.
  private func kind(
    of standing: Standing, hasPlanned: Bool, hasExisting: Bool, _ isRetired: Bool
  ) -> AccessChange.Kind? {
    guard standing.had else {
      if standing.keeps { return .gains(with: .present) }
      if standing.planned.isEmpty { return nil }
      return .gains(with: hasExisting ? .planned : .present)
    }
    if standing.isCut {
      if !standing.planned.isEmpty { return .loses(unlessUsing: .planned) }
      return .loses(unlessUsing: standing.keeps ? .newest : nil)
    }
    if !standing.planned.isEmpty { return .expires(.unlessRenewed) }
    if hasPlanned { return .expires(.notAccepted) }
    return isRetired ? .expires(.retired) : nil
  }

  private func end(_ standing: Standing, _ kind: AccessChange.Kind) -> Timestamp? {
    switch kind {
    case .gains: standing.presentEnd ?? standing.plannedEnd
    case .loses: nil
    case .expires: standing.presentEnd
    }
  }

  private func sources(_ standing: Standing, _ kind: AccessChange.Kind) -> [IPRange]? {
    switch kind {
    case .gains:
      (standing.after.compactMap(\.self).first ?? standing.planned.first)?.sources
    case .loses, .expires: nil
    }
  }

  // MARK: - Without a certificate

  private var anyone: [AccessChange] {
    var groups = AccessGroups(places: places, doors: doors.map(\.all))
    var outcomes = AccessOutcomes()
    for (index, door) in doors.enumerated() {
      let old = door.before?.admission(of: .nobody, to: door.path)
      let new = door.after?.admission(of: .nobody, to: door.path)
      switch (old, new) {
      case (nil, let new?):
        outcomes.add(.gains(with: .present), at: index, sources: new.sources, until: nil)
      case (_?, nil): outcomes.add(.loses(unlessUsing: nil), at: index, sources: nil, until: nil)
      case (let old?, let new?): outcomes.addMoved(from: old, to: new, at: index, until: nil)
      case (nil, nil): break
      }
    }
    groups.add(nil, outcomes)
    return groups.changes
  }
}

extension Change {
  /// Whether a change can move anybody's access: a CRL that is refreshed in time does not.
  fileprivate func matters(to published: PublishedState, at now: Timestamp) -> Bool {
    switch detail {
    case .certificate, .events: true
    case .revocationList(let list):
      list.key.flatMap { published.revocationLists[$0] }.map { $0.nextUpdate < now } ?? true
    case .paths, .blocked: false
    }
  }
}
