package import PKI

/// How the CA is doing: what expires, what is due, whether CRLs are fresh, and what waits.
package struct StatusReport: Sendable {
  package enum Health: String, Hashable, Comparable, Sendable {
    case healthy
    case attention
    case error

    package static func < (left: Health, right: Health) -> Bool {
      left.rank < right.rank
    }

    private var rank: Int {
      switch self {
      case .healthy: 0
      case .attention: 1
      case .error: 2
      }
    }
  }

  /// A declared name with its current certificate.
  package struct Certificate: Hashable, Sendable {
    package let name: Name
    /// `authority`, `server`, `client` or `peer`.
    package let kind: String
    package let notAfter: Timestamp
    package let renewAt: Timestamp
  }

  package struct RevocationList: Hashable, Sendable {
    package enum Freshness: String, Hashable, Sendable {
      case fresh
      /// A new one should be signed by now.
      case due
      /// Relying parties refuse everything.
      case stale
      case missing
    }

    package let authority: Name
    package let key: KeyID
    package let number: Int?
    package let entryCount: Int
    package let nextUpdate: Timestamp?
    package let freshness: Freshness
  }

  package struct Run: Hashable, Sendable {
    package let commit: ObjectID
    package let time: Timestamp
  }

  package let branch: String
  package let now: Timestamp
  package let lastRun: Run
  /// The soonest to expire first.
  package let certificates: [Certificate]
  package let revocationLists: [RevocationList]
  /// What is due from the desired state last applied.
  package let due: [Change]
  /// Published files that somebody else changed.
  package let drift: [String]
  /// What desired state asks for and is not applied yet.
  package let pending: [Change]
  package let blocked: [Guard]
  /// What is wrong with desired state; nothing of it is applied until then.
  package let findings: [Finding]
  package let warnings: [String]
  /// Set while runs are told to leave new intent alone.
  package let suspension: SuspensionRecord?
  /// Commits of this host that have not reached the remote.
  package let unpushed: [ObjectID]
  /// Declared authorities without any valid certificate: nothing that they issued is valid either.
  package let lapsed: [Name]
  /// When each listener refuses everyone if nothing is ever signed again, the first one first.
  package let forecast: [AccessForecast]

  package var expired: [Certificate] { certificates.filter { $0.notAfter < now } }

  package var health: Health {
    let lists = revocationLists.map(\.freshness)
    if !expired.isEmpty || !lapsed.isEmpty || lists.contains(.stale) || lists.contains(.missing) {
      return .error
    }
    let waits =
      suspension != nil || !unpushed.isEmpty || !due.isEmpty || !drift.isEmpty || !pending.isEmpty
      || !blocked.isEmpty
      || !findings.isEmpty
      || lists.contains(.due)
    return waits ? .attention : .healthy
  }
}
