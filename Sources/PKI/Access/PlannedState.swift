import Crypto

/// What will be published once a plan is carried out, as far as it can be known before: every
/// planned event is recorded, and every planned certificate stands there with a made-up key and
/// serial number.
struct PlannedState: Sendable {
  let state: PublishedState
  /// The certificates that the plan makes.
  let planned: Set<CertificateID>
  /// The owners of certificates that the plan makes or records an event for, as they are called
  /// afterwards.
  let touched: Set<Name>
  /// Those whose name the plan retires.
  let retired: Set<CertificateID>
  /// The keys whose CRL the plan makes.
  let lists: Set<KeyID>

  init(_ changes: [Change], onto published: PublishedState, now: Timestamp) {
    let plan = Plan(
      source: Plan.Source(desiredCommit: nil, publishedCommit: nil, publishedBranch: ""), now: now,
      changes: changes)
    let signers = Signers(plan.plannedCertificates, published)
    let certificates = plan.plannedCertificates.enumerated().compactMap { index, certificate in
      IssuedCertificate(planned: certificate, number: index + 1, signers)
    }
    let events = plan.plannedEvents
    let state = published.adding(
      certificates: certificates,
      events: events.map { $0.recorded(at: now, revocationDate: now) })
    self.state = state
    planned = Set(certificates.map(\.id))
    retired = Set(events.filter { $0.action == .retire }.map(\.id))
    touched = Set(plan.plannedCertificates.map(\.owner))
      .union(events.compactMap { state.certificates[$0.id].map { state.owner(of: $0) } })
    lists = Set(
      plan.plannedRevocationLists.map { $0.key ?? Signers.madeUpKey(of: $0.authority) })
  }
}

/// What each authority signs with after the plan.
private struct Signers {
  private let planned: [Name: PlannedCertificate]
  private let published: PublishedState

  init(_ certificates: [PlannedCertificate], _ published: PublishedState) {
    planned = Dictionary(
      certificates.filter(\.isAuthority).map { ($0.owner, $0) },
      uniquingKeysWith: { first, _ in first })
    self.published = published
  }

  static func madeUpKey(of name: Name) -> KeyID {
    KeyID(sha256: SHA256.hash(data: Array("certwright planned key \(name)".utf8)))
  }

  static func key(of certificate: PlannedCertificate) -> KeyID {
    switch certificate.key {
    case .new: madeUpKey(of: certificate.owner)
    case .kept(let key), .requested(let key, _): key.id
    }
  }

  func signer(_ name: Name) -> (key: KeyID, subject: DistinguishedName)? {
    if let planned = planned[name] { return (Self.key(of: planned), planned.spec.subject) }
    return published.current(of: name).map { ($0.facts.keyID, $0.facts.subject) }
  }
}

extension IssuedCertificate {
  fileprivate init?(planned: PlannedCertificate, number: Int, _ signers: Signers) {
    guard let signer = signers.signer(planned.issuer), let serial = SerialNumber(madeUp: number)
    else { return nil }
    var values = ExtensionValues()
    values.authority = planned.spec.authority
    values.extendedKeyUsage = planned.spec.extendedKeyUsage
    values.alternativeNames = planned.spec.alternativeNames
    self.init(
      id: CertificateID(issuer: signer.key, serial: serial), issuedTo: planned.owner, request: nil,
      facts: CertificateFacts(
        der: [], version: 3, serial: serial, signatureAlgorithm: .known(.ecdsaWithSHA256),
        issuer: signer.subject, notBefore: planned.validity.notBefore,
        notAfter: planned.validity.notAfter, subject: planned.spec.subject,
        subjectPublicKeyInfo: SubjectPublicKeyInfo(planned: Signers.key(of: planned)),
        extensions: [], values: values, toBeSignedRange: 0..<0, signatureRange: 0..<0),
      intermediates: [])
  }
}

extension SerialNumber {
  /// Of 20 bytes, which neither certwright nor counting makes.
  fileprivate init?(madeUp number: Int) {
    let count = (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    self.init(magnitude: [0x7f] + [UInt8](repeating: 0xff, count: 11) + count)
  }
}

extension SubjectPublicKeyInfo {
  /// A key that is yet to be made.
  fileprivate init(planned id: KeyID) {
    der = []
    self.id = id
    algorithm = nil
    algorithmDescription = "planned"
  }
}
