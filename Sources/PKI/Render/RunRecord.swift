import Crypto

/// The ledger's record of one apply: what was asked, by which commit, and what came of it.
package struct RunRecord: Hashable, Sendable {
  package let plan: Plan
  package let signing: Timestamp
  package let certificates: [IssuedCertificate]
  package let revocationLists: [PublishedRevocationList]
  /// Set when the change was not reviewed before.
  package let emergency: Emergency?
  /// The file's content.
  package let bytes: [UInt8]

  package init(
    plan: Plan, signing: Timestamp, certificates: [IssuedCertificate],
    revocationLists: [PublishedRevocationList], emergency: Emergency? = nil
  ) {
    self.emergency = emergency
    self.plan = plan
    self.signing = signing
    self.certificates = certificates
    self.revocationLists = revocationLists
    bytes = Self.json(plan, signing, certificates, revocationLists, emergency).prettyBytes
  }

  /// The commit that later ones must descend from.
  package var desiredCommit: ObjectID? { Self.desiredCommit(plan, emergency) }

  private static func desiredCommit(_ plan: Plan, _ emergency: Emergency?) -> ObjectID? {
    emergency?.base ?? plan.source.desiredCommit
  }

  /// Named by its own content, so that two runs of one day, or of two branches, never collide.
  package var path: String {
    let digest = Hex.encode(SHA256.hash(data: bytes).prefix(16))
    return LedgerPath.run(at: signing, digest: digest)
  }

  private static func json(
    _ plan: Plan, _ signing: Timestamp, _ certificates: [IssuedCertificate],
    _ revocationLists: [PublishedRevocationList], _ emergency: Emergency?
  ) -> JSON {
    let desiredCommit = desiredCommit(plan, emergency)
    let serials = Dictionary(
      certificates.map { ($0.issuedTo, $0) }, uniquingKeysWith: { first, _ in first })
    return .members([
      ("format_version", .int(1)),
      ("time", .string(signing.description)),
      ("desired_commit", desiredCommit.map { .string($0.hex) } ?? .null),
      ("emergency", emergency?.json),
      ("plan_digest", .string(plan.digest)),
      (
        "changes",
        .array(
          plan.changes.map { change in
            .members([
              ("action", .string(change.action.rawValue)),
              ("kind", .string(change.subject.word)),
              ("name", .string(change.subject.name)),
              ("serial", issued(change, serials).map { .string($0.id.serial.description) }),
              ("not_after", issued(change, serials).map { .string($0.facts.notAfter.description) }),
              ("causes", .array(change.reasons.map { $0.json(plan.causes) })),
            ])
          })
      ),
      (
        "crls",
        .array(
          revocationLists.sorted { $0.issuer < $1.issuer }.map {
            .members([
              ("issuer_key", .string($0.issuer.hex)), ("number", .int($0.number)),
              ("entries", .int($0.facts.count)),
            ])
          })
      ),
    ])
  }

  private static func issued(_ change: Change, _ issued: [Name: IssuedCertificate])
    -> IssuedCertificate?
  {
    guard case .certificate(let planned) = change.detail else { return nil }
    return issued[planned.owner]
  }
}
