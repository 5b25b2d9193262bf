import Crypto
import PKI
import Testing

/// Carries plans out without keys: everything is as the reconciler does it but for the signatures,
/// which planning never looks at. It makes thousands of applies possible in a second.
struct UnsignedAuthority {
  private(set) var published = PublishedState.empty
  private(set) var lastApplied = DesiredState.empty
  private var counter = 0

  func plan(_ desired: DesiredState, at now: Timestamp) -> [Change] {
    Planner.plan(desired: desired, lastApplied: lastApplied, published: published, now: now)
  }

  /// Plans and carries out what is not blocked.
  @discardableResult
  mutating func apply(_ desired: DesiredState, at now: Timestamp) throws -> [Change] {
    let changes = plan(desired, at: now)
    let plan = Plan(
      source: .init(desiredCommit: nil, publishedCommit: nil, publishedBranch: "published"),
      now: now, changes: changes)
    let events = plan.plannedEvents.map { event in
      event.recorded(
        at: now,
        revocationDate: Clock.thisUpdate(
          signing: now, previous: published.revocationLists[event.id.issuer]?.thisUpdate))
    }
    published = published.adding(events: events)
    for certificate in plan.plannedCertificates { try issue(certificate, at: now) }
    for list in plan.plannedRevocationLists { try sign(list, at: now) }
    lastApplied = desired
    return changes
  }

  private mutating func issue(_ planned: PlannedCertificate, at now: Timestamp) throws {
    counter += 1
    let key: PublicKey
    switch planned.key {
    case .new(let algorithm): key = try UnsignedAuthority.key(counter, algorithm)
    case .kept(let present), .requested(let present, _): key = present
    }
    let issuer: CertificateIssuer
    if planned.isSelfSigned {
      issuer = CertificateIssuer(
        subject: planned.spec.subject, keyIdentifier: key.id.bytes, publicKey: key)
    } else {
      issuer = try #require(published.current(of: planned.issuer)?.facts.asIssuer)
    }
    let serial = try #require(SerialNumber(counting: 1 << 40 + counter))
    let notBefore = Clock.notBefore(signing: now, floor: planned.notBeforeFloor)
    let bytes = planned.spec.toBeSigned(
      serial: serial, notBefore: notBefore, publicKey: key, issuer: issuer)
    let facts = try CertificateFacts(
      SignedObject.assemble(
        bytes, SignatureAlgorithm(for: issuer.publicKey.algorithm), signature: [0]))
    var request: String?
    if case .requested(_, let file) = planned.key { request = file }
    published = published.adding(certificates: [
      IssuedCertificate(
        id: CertificateID(issuer: issuer.publicKey.id, serial: serial), issuedTo: planned.owner,
        request: request, facts: facts, intermediates: [])
    ])
  }

  private mutating func sign(_ planned: PlannedRevocationList, at now: Timestamp) throws {
    let authority = try #require(
      planned.key.flatMap { published.authorityCertificate(key: $0) }
        ?? published.current(of: planned.authority))
    let issuer = try #require(authority.facts.asIssuer)
    let previous = published.revocationLists[issuer.publicKey.id]
    let spec = RevocationListSpec(
      number: try #require(SerialNumber(counting: planned.number)),
      thisUpdate: Clock.thisUpdate(signing: now, previous: previous?.thisUpdate),
      lifetime: planned.lifetime)
    var writer = RevocationListWriter()
    for entry in published.revocationEntries(of: issuer.publicKey.id) { writer.append(entry) }
    let bytes = writer.toBeSigned(spec, issuer: issuer)
    let list = try PublishedRevocationList(
      RevocationListFacts(
        SignedObject.assemble(
          bytes, SignatureAlgorithm(for: issuer.publicKey.algorithm), signature: [0])),
      issuer: issuer.publicKey.id)
    published = published.adding(revocationLists: [list])
  }

  /// The form of a key without its mathematics: an Ed25519 or P-256 SubjectPublicKeyInfo whose bits
  /// are a hash of the number.
  static func key(_ number: Int, _ algorithm: KeyAlgorithm) throws -> PublicKey {
    let hash = Array(SHA256.hash(data: Array("key \(number)".utf8)))
    let bytes: [UInt8]
    switch algorithm {
    case .ed25519:
      bytes = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00] + hash
    default:
      bytes =
        (Hex.decode("3059301306072a8648ce3d020106082a8648ce3d030107034200") ?? []) + [4] + hash
        + hash
    }
    return try PublicKey(subjectPublicKeyInfo: bytes)
  }
}

extension [Change] {
  /// The changes as people name them: `+ client app1`.
  var lines: [String] { map { "\($0.action.sign) \($0.subject.word) \($0.subject.name)" } }

  /// The lines of changes that are no CRLs or bundles.
  var identityLines: [String] { filter { $0.action != .publish }.lines }

  func reasons(of name: String) -> [String] {
    filter { $0.subject.name == name }.flatMap(\.reasons).map(\.code)
  }

  var guards: [String] {
    compactMap { change in
      if case .blocked(let guarded) = change.detail { guarded.code } else { nil }
    }
  }
}

/// Desired state from YAML that must be right.
func desired(_ text: String) throws -> DesiredState {
  let decoded = try decode(["a.yaml": text])
  return try #require(decoded.state, "\(decoded.findings.map(line))")
}

let start = Timestamp(seconds: 1_767_225_600)  // 2026-01-01

func after(_ days: Double) -> Timestamp {
  Timestamp(seconds: start.seconds + Int(days * 86_400))
}
