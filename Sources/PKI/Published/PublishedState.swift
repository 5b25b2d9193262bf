/// What the CA has really issued and revoked, as the bytes of the published branch say: the facts
/// that a plan compares with desired state.
package struct PublishedState: Sendable {
  /// Every certificate that has not long expired, in no particular order.
  package let certificates: [CertificateID: IssuedCertificate]
  package let events: [CertificateID: [LedgerEvent]]
  /// The newest CRL by the key that signed it.
  package let revocationLists: [KeyID: PublishedRevocationList]
  /// Whether the branch was born with simulated time; nil before its first commit.
  package let isSimulated: Bool?
  /// When the newest commit was made; nil before the first.
  package let newestSigningTime: Timestamp?
  /// Set while unattended runs are told to leave new intent alone.
  package let suspension: SuspensionRecord?
  /// Keys of which runs that did not know of each other signed CRLs, and since when the oldest of
  /// these counts: the next one must say what all of them said.
  package let unitedLists: [KeyID: Timestamp]

  // Derived once, because every decision asks for them.
  package let revocations: [CertificateID: RevocationStatus]
  private let owned: [Name: [IssuedCertificate]]
  private let retired: Set<CertificateID>
  /// Every name that has a certificate of an authority.
  package let authorityOwners: Set<Name>
  package let authoritiesByKey: [KeyID: IssuedCertificate]
  /// Keys that were revoked as compromised, expired certificates included.
  package let compromisedKeys: Set<KeyID>

  package init(
    certificates: [CertificateID: IssuedCertificate], events: [CertificateID: [LedgerEvent]],
    revocationLists: [KeyID: PublishedRevocationList], isSimulated: Bool?,
    newestSigningTime: Timestamp?, suspension: SuspensionRecord? = nil,
    unitedLists: [KeyID: Timestamp] = [:]
  ) {
    self.unitedLists = unitedLists
    self.suspension = suspension
    self.certificates = certificates
    self.events = events
    self.revocationLists = revocationLists
    self.isSimulated = isSimulated
    self.newestSigningTime = newestSigningTime
    let revocations = events.compactMapValues(RevocationStatus.init)
    self.revocations = revocations
    compromisedKeys = Set(
      revocations.values.filter { $0.reason.isCompromise && !$0.isReleased }.map(\.publicKey))
    retired = Set(
      events.filter { $0.value.contains { $0.action == .retired } }.keys)
    var owned: [Name: [IssuedCertificate]] = [:]
    owned.reserveCapacity(certificates.count)
    var authorities: [KeyID: IssuedCertificate] = [:]
    var authorityOwners: Set<Name> = []
    for certificate in certificates.values {
      let owner = PublishedState.owner(of: certificate, events[certificate.id])
      owned[owner, default: []].append(certificate)
      guard certificate.facts.isAuthority else { continue }
      authorityOwners.insert(owner)
      let key = certificate.facts.keyID
      if let other = authorities[key], IssuedCertificate.isOlder(certificate, than: other) {
        continue
      }
      authorities[key] = certificate
    }
    self.authorityOwners = authorityOwners
    authoritiesByKey = authorities
    self.owned = owned.mapValues {
      $0.count > 1 ? $0.sorted(by: IssuedCertificate.isOlder) : $0
    }
  }

  package static let empty = PublishedState(
    certificates: [:], events: [:], revocationLists: [:], isSimulated: nil,
    newestSigningTime: nil)

  private static func owner(
    of certificate: IssuedCertificate, _ events: [LedgerEvent]?
  ) -> Name {
    guard let events else { return certificate.issuedTo }
    let renames = events.sorted { ($0.at, $0.sequence) < ($1.at, $1.sequence) }
    for event in renames.reversed() {
      if case .renamed(let name) = event.action { return name }
    }
    return certificate.issuedTo
  }

  /// Every name that has a certificate, retired or not.
  package var owners: [Name] { owned.keys.sorted() }

  /// Who holds a certificate now.
  package func owner(of certificate: IssuedCertificate) -> Name {
    PublishedState.owner(of: certificate, events[certificate.id])
  }

  package func isRetired(_ id: CertificateID) -> Bool { retired.contains(id) }

  package func isRevoked(_ id: CertificateID) -> Bool {
    revocations[id].map { !$0.isReleased } ?? false
  }

  /// A name's certificates, oldest first, retired and revoked ones included.
  package func certificates(of name: Name) -> [IssuedCertificate] { owned[name] ?? [] }

  /// The unexpired ones, oldest first, retired and revoked ones included.
  package func unexpired(of name: Name, at now: Timestamp) -> [IssuedCertificate] {
    certificates(of: name).filter { !$0.isExpired(at: now) }
  }

  /// The newest certificate of a name's present life: one that was retired before the name came back
  /// does not count. It may be revoked or expired.
  package func current(of name: Name) -> IssuedCertificate? {
    certificates(of: name).last { !isRetired($0.id) }
  }

  /// How many events of a kind a certificate has, which numbers the next.
  package func nextSequence(_ kind: LedgerEvent.Kind, of id: CertificateID) -> Int {
    let numbers = (events[id] ?? []).filter { $0.action.kind == kind }.map(\.sequence)
    return (numbers.max() ?? -1) + 1
  }
}

extension PublishedState {
  /// The state after more has been issued and recorded.
  package func adding(
    certificates new: [IssuedCertificate] = [], events newEvents: [LedgerEvent] = [],
    revocationLists newLists: [PublishedRevocationList] = []
  ) -> PublishedState {
    if new.isEmpty && newEvents.isEmpty && newLists.isEmpty { return self }
    var certificates = certificates
    for certificate in new { certificates[certificate.id] = certificate }
    var events = events
    for event in newEvents { events[event.id, default: []].append(event) }
    var lists = revocationLists
    for list in newLists { lists[list.issuer] = list }
    return PublishedState(
      certificates: certificates, events: events, revocationLists: lists,
      isSimulated: isSimulated, newestSigningTime: newestSigningTime, suspension: suspension,
      unitedLists: unitedLists.filter { key, _ in !newLists.contains { $0.issuer == key } })
  }

  /// The state after a suspension has begun or, with nil, ended.
  package func suspended(_ record: SuspensionRecord?) -> PublishedState {
    PublishedState(
      certificates: certificates, events: events, revocationLists: revocationLists,
      isSimulated: isSimulated, newestSigningTime: newestSigningTime, suspension: record,
      unitedLists: unitedLists)
  }
}
