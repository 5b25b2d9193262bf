import Synchronization

/// What an apply would do, and what it may not do: what people review, and what is carried out.
package struct Plan: Hashable, Sendable {
  /// Where the two states were read from. Information for people: a merge makes new commits, so it
  /// stays outside the digest.
  package struct Source: Hashable, Sendable {
    package let desiredCommit: ObjectID?
    package let publishedCommit: ObjectID?
    package let publishedBranch: String
    /// The folder of desired state below the repository's root.
    package let path: String

    package init(
      desiredCommit: ObjectID?, publishedCommit: ObjectID?, publishedBranch: String,
      path: String = "desired-state"
    ) {
      self.desiredCommit = desiredCommit
      self.publishedCommit = publishedCommit
      self.publishedBranch = publishedBranch
      self.path = path
    }
  }

  package let source: Source
  package let now: Timestamp
  package let changes: [Change]
  /// What could not be checked, such as history in a shallow clone.
  package let warnings: [String]
  /// The commits that brought what reasons name, by file below the folder of desired state.
  package let causes: [String: CausingCommit]
  /// What follows from the changes for who may go where: information for people, outside the
  /// digest.
  package let access: [AccessChange]
  private let made = MadeOnce()

  package init(
    source: Source, now: Timestamp, changes: [Change], warnings: [String] = [],
    causes: [String: CausingCommit] = [:], access: [AccessChange] = []
  ) {
    self.access = access
    self.source = source
    self.now = now
    self.changes = changes
    self.warnings = warnings
    self.causes = causes
  }

  package var isEmpty: Bool { changes.isEmpty }

  package var blocked: [Guard] {
    changes.compactMap { change in
      guard case .blocked(let guarded) = change.detail else { return nil }
      return guarded
    }
  }

  /// Whether the plan may be carried out apart from the changes that only hold back themselves.
  package var mayProceed: Bool { blocked.allSatisfy(\.holdsBackOnlyItself) }

  /// Authorities whose key this plan makes, which is never done unattended.
  package var newAuthorities: [Name] {
    plannedCertificates.filter { certificate in
      guard certificate.isAuthority, case .new = certificate.key else { return false }
      return true
    }.map(\.owner)
  }

  /// Roots that are renewed, which is never done unattended either.
  package var renewedRoots: [Name] {
    plannedCertificates.filter { certificate in
      guard certificate.isAuthority, certificate.isSelfSigned, case .kept = certificate.key else {
        return false
      }
      return true
    }.map(\.owner)
  }

  package var plannedCertificates: [PlannedCertificate] {
    changes.compactMap { change in
      guard case .certificate(let certificate) = change.detail else { return nil }
      return certificate
    }
  }

  package var plannedEvents: [PlannedEvent] {
    changes.flatMap { change -> [PlannedEvent] in
      guard case .events(let events) = change.detail else { return [] }
      return events
    }
  }

  package var plannedRevocationLists: [PlannedRevocationList] {
    changes.compactMap { change in
      guard case .revocationList(let list) = change.detail else { return nil }
      return list
    }
  }

  /// How many changes of each action there are, in the order of the actions, none left out.
  package var counts: [(action: Change.Action, count: Int)] {
    var numbers: [Change.Action: Int] = [:]
    for change in changes { numbers[change.action, default: 0] += 1 }
    return Change.Action.allCases.map { action in
      (action, numbers[action] ?? 0)
    }
  }

  /// The hash of every change, field by field, with lifetimes instead of dates: what a reviewer
  /// agrees to.
  package var digest: String { made.digest.withLock { $0 } ?? document.digest }

  /// The plan as it is saved. It is not kept: of a hundred thousand changes it is large.
  package var document: PlanDocument {
    let document = PlanDocument(self)
    made.digest.withLock { $0 = document.digest }
    return document
  }

  /// Holds what follows from the plan, and so makes no plan another one.
  private final class MadeOnce: Hashable, Sendable {
    let digest = Mutex<String?>(nil)

    static func == (_: MadeOnce, _: MadeOnce) -> Bool { true }
    func hash(into _: inout Hasher) {}
  }
}
