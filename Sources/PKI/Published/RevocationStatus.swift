/// What the ledger's events say of a certificate's revocation, taken together.
package struct RevocationStatus: Hashable, Sendable {
  package let id: CertificateID
  package let owner: Name
  package let publicKey: KeyID
  package let notAfter: Timestamp
  /// The gravest reason so far.
  package let reason: RevocationReason
  /// The revocationDate of its CRL entry; a graver reason does not move it.
  package let date: Timestamp
  package let cause: LedgerEvent.Cause
  /// A hold that has ended: no longer on the CRL.
  package let isReleased: Bool
  /// How many revocation events there are, which numbers the next.
  package let eventCount: Int

  /// Folds the revocation events of one certificate in the order in which they happened.
  ///
  /// Two branches that both revoked and were merged keep the earlier date and the graver reason.
  package init?(_ events: [LedgerEvent]) {
    let ordered = events.filter { $0.action.kind == .revoked }
      .sorted { ($0.at, $0.sequence) < ($1.at, $1.sequence) }
    guard let first = ordered.first else { return nil }
    var reason: RevocationReason?
    var date = first.at
    var cause = LedgerEvent.Cause.document
    var isReleased = false
    for event in ordered {
      switch event.action {
      case .revoked(let next, let nextDate, let nextCause):
        let begins = reason == nil || isReleased
        date = begins ? nextDate : min(date, nextDate)
        reason = begins ? next : reason.map { $0.isGraver(than: next) ? $0 : next } ?? next
        cause = nextCause
        isReleased = false
      case .released:
        isReleased = true
      case .retired, .renamed:
        break
      }
    }
    guard let reason else { return nil }
    id = first.id
    owner = first.owner
    publicKey = first.publicKey
    notAfter = first.notAfter
    self.reason = reason
    self.date = date
    self.cause = cause
    self.isReleased = isReleased
    eventCount = (ordered.map(\.sequence).max() ?? 0) + 1
  }
}

extension RevocationReason {
  /// From the lightest to the gravest: a hold can be released, no reason says least, a compromised
  /// key says most.
  private static let gravity: [RevocationReason] = [
    .certificateHold, .unspecified, .superseded, .affiliationChanged, .cessationOfOperation,
    .privilegeWithdrawn, .aACompromise, .keyCompromise, .cACompromise,
  ]

  private var gravity: Int { Self.gravity.firstIndex(of: self) ?? 0 }

  package func isGraver(than other: RevocationReason) -> Bool { gravity > other.gravity }

  /// Whether the key behind the certificate can no longer be trusted with anything.
  package var isCompromise: Bool { self == .keyCompromise || self == .cACompromise }
}
