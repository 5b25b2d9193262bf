/// Decides what is to be done: a pure function of what is declared, what was declared when it was
/// last applied, what is published, and the time.
///
/// The steps run in the order in which one decision needs another: names first, then what ends, then
/// authorities from the roots down, then identities, then what left, then the CRLs that all of this
/// calls for.
package struct Planner {
  let desired: DesiredState
  let lastApplied: DesiredState
  let now: Timestamp
  /// Nobody is there to give the word for the renewal of a root.
  let isWithholdingRoots: Bool
  /// How many protected names may be revoked all the same.
  var liftableProtections: Int
  /// What is published, with the renames of this plan already made.
  var published: PublishedState
  /// Certificates that this plan revokes or gives a graver reason.
  var revoking: [CertificateID: RevocationReason] = [:]
  var releasing: Set<CertificateID> = []
  /// Identities whose revocation was to be undone: until that is settled nothing else is decided.
  var unsettled: Set<Name> = []
  /// Where it is declared that they are.
  var revocationPlaces: [CertificateID: Place] = [:]
  /// The documents that end an identity: a released hold does not.
  let endings: [Name: Revocation]
  /// The moments up to which everything of an identity is revoked.
  let revocationFloors: [Name: Timestamp]
  /// Keys that are, or by this plan will be, revoked as compromised.
  var compromisedKeys: Set<KeyID>
  /// The keys of each authority that was asked for, found once.
  var issuerKeys: [Name: Set<KeyID>] = [:]
  /// Who holds which subject, ignoring case; made when the first certificate is planned.
  var subjectHolders: [String: [IssuedCertificate]]?
  /// What each authority can sign with, once it has been decided on.
  var outlooks: [Name: IssuerOutlook] = [:]
  var changes: [Change] = []

  /// What an authority's certificate will be after the plan.
  enum IssuerOutlook {
    case published(IssuedCertificate)
    case planned(PlannedCertificate, key: KeyID?)
    case unavailable

    var notAfter: Timestamp? {
      switch self {
      case .published(let certificate): certificate.facts.notAfter
      case .planned(let certificate, _): certificate.validity.notAfter
      case .unavailable: nil
      }
    }

    /// The earliest moment at which what it issues may begin: a clock that went back a little must
    /// not date a certificate before its issuer's.
    var notBeforeFloor: Timestamp? {
      switch self {
      case .published(let certificate): certificate.facts.notBefore
      case .planned(let certificate, _): certificate.notBeforeFloor
      case .unavailable: nil
      }
    }
  }

  private init(
    desired: DesiredState, lastApplied: DesiredState, published: PublishedState, now: Timestamp,
    isWithholdingRoots: Bool, liftableProtections: Int
  ) {
    self.liftableProtections = liftableProtections
    self.isWithholdingRoots = isWithholdingRoots
    self.desired = desired
    self.lastApplied = lastApplied
    self.published = published
    self.now = now
    compromisedKeys = published.compromisedKeys
    var endings: [Name: Revocation] = [:]
    var floors: [Name: Timestamp] = [:]
    for document in desired.revocations {
      switch document.target {
      case .identity(let name) where !document.isReleased:
        endings[name] = endings[name] ?? document
      case .identityIssuedBefore(let name, let time) where time <= now:
        floors[name] = max(floors[name] ?? time, time)
      case .identity, .identityIssuedBefore, .certificate, .authority: break
      }
    }
    self.endings = endings
    revocationFloors = floors
  }

  /// - Parameters:
  ///   - isWithholdingRoots: leaves roots that are due as they are, and all else goes on.
  ///   - liftableProtections: how many protected names may be revoked all the same.
  package static func plan(
    desired: DesiredState, lastApplied: DesiredState, published: PublishedState, now: Timestamp,
    isWithholdingRoots: Bool = false, liftableProtections: Int = 0
  ) -> [Change] {
    var planner = Planner(
      desired: desired, lastApplied: lastApplied, published: published, now: now,
      isWithholdingRoots: isWithholdingRoots, liftableProtections: liftableProtections)
    planner.planRenames()
    planner.planRevocations()
    planner.planAuthorities()
    planner.planIdentities()
    planner.planDepartures()
    planner.planRevocationLists()
    planner.checkProxies()
    return planner.changes
  }

  mutating func add(
    _ action: Change.Action, _ subject: Change.Subject, _ detail: Change.Detail, _ reasons: [Reason]
  ) {
    changes.append(Change(action, subject, detail, reasons))
  }

  mutating func block(_ subject: Change.Subject, _ guarded: Guard, _ reasons: [Reason] = []) {
    add(.blocked, subject, .blocked(guarded), reasons)
  }

  /// Whether a certificate is, or by this plan will be, revoked.
  func isRevoked(_ id: CertificateID) -> Bool {
    revoking[id] != nil || (published.isRevoked(id) && !releasing.contains(id))
  }

  // MARK: - Renames

  /// A rename moves the certificates; whether they need replacing is decided later, as for any
  /// identity.
  private mutating func planRenames() {
    var events: [LedgerEvent] = []
    let renamed = desired.identities.values.filter { $0.renamedFrom != nil }
    for identity in renamed.sorted(by: { $0.name < $1.name }) {
      guard let old = identity.renamedFrom, published.current(of: identity.name) == nil else {
        continue
      }
      let moving = published.unexpired(of: old, at: now).filter { !published.isRetired($0.id) }
      guard !moving.isEmpty else { continue }
      let planned = moving.map {
        PlannedEvent(
          $0, owner: old, action: .rename(to: identity.name),
          sequence: published.nextSequence(.renamed, of: $0.id))
      }
      add(
        .rename, .identity(identity.kind, identity.name), .events(planned),
        [.renamed(from: old, identity.place(of: "renamedFrom"))])
      events += planned.map { $0.recorded(at: now, revocationDate: now) }
    }
    published = published.adding(events: events)
  }

  // MARK: - Proxies

  /// A proxy cannot be rendered around a server that has ended, and what was protected stays.
  private mutating func checkProxies() {
    for proxy in lastApplied.proxies.values.sorted(by: { $0.name < $1.name })
    where proxy.isProtected && desired.proxies[proxy.name] == nil {
      block(.proxy(proxy.name), .protected(proxy.name), [.removed(last: proxy.place)])
    }
    for bundle in lastApplied.trustBundles.values.sorted(by: { $0.name < $1.name })
    where bundle.isProtected && desired.trustBundles[bundle.name] == nil {
      block(.trustBundle(bundle.name), .protected(bundle.name), [.removed(last: bundle.place)])
    }
    for proxy in desired.proxies.values.sorted(by: { $0.name < $1.name }) {
      let ended = Set(proxy.listeners.map(\.server)).filter { endings[$0] != nil }
      for server in ended.sorted() {
        block(.proxy(proxy.name), .proxyServerEnded(server: server))
      }
    }
  }

  /// Every key that an authority has, or had, a certificate for.
  mutating func keys(of authority: Name) -> Set<KeyID> {
    if let known = issuerKeys[authority] { return known }
    let keys = Set(published.certificates(of: authority).map(\.facts.keyID))
    issuerKeys[authority] = keys
    return keys
  }
}
