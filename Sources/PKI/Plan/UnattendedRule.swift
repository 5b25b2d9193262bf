/// What the scheduled job may do by itself.
///
/// Renewals and CRLs that are due follow from the desired state last applied and always go on. What
/// only desired state's newest commit asks for waits for somebody's approval, unless the settings
/// last applied permit its action.
package struct UnattendedRule: Sendable {
  let permitted: Set<Change.Action>

  package init(_ settings: Settings) {
    permitted = settings.unattended
  }

  /// Nothing but what is due anyway.
  package static let upkeepAlone = UnattendedRule(.standard)

  /// The changes that wait. Desired state is recorded whole, so if there is one, all of them wait.
  ///
  /// - Parameters:
  ///   - intent: what the newest desired state asks for.
  ///   - upkeep: what the one last applied asks for by now.
  package func waiting(_ intent: [Change], upkeep: [Change]) -> [Change] {
    let due = Set(upkeep.map { Key($0) })
    return intent.filter { change in
      change.action != .blocked && !permitted.contains(change.action)
        && !due.contains(Key(change)) && !change.isConsequence
    }
  }

  /// What a change comes to, without its dates: a renewal that is due is no consent to another
  /// lifetime that was merged meanwhile.
  private struct Key: Hashable {
    let action: Change.Action
    let subject: Change.Subject
    let declaration: String?
    var spec: CertificateSpec?
    var key: String?
    var issuer: Name?
    var lifetime: Lifetime?
    var events: [PlannedEvent.Action] = []

    init(_ change: Change) {
      action = change.action
      subject = change.subject
      declaration = change.declaration
      switch change.detail {
      case .certificate(let certificate):
        spec = certificate.spec
        key = certificate.key.algorithmName
        issuer = certificate.issuer
      case .revocationList(let list): lifetime = list.lifetime
      case .events(let planned): events = planned.map(\.action)
      case .paths, .blocked: break
      }
    }
  }
}

extension Change {
  /// Whether it only follows from other changes, or from what somebody did to published files.
  fileprivate var isConsequence: Bool {
    action == .publish && declaration == nil
  }
}

extension Change.Action {
  /// What desired state can ask for.
  static let declarable: [Change.Action] = [
    .issue, .renew, .replace, .revoke, .retire, .rename, .publish,
  ]
}
