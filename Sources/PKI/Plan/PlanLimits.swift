/// How much one run may do before somebody must allow it by name.
///
/// A first issuance into an empty CA is never limited.
package enum PlanLimits {
  /// What is counted, and of what a percentage is taken.
  private struct Counted {
    let name: String
    let count: Int
    let existing: Int
    let limit: Settings.Limit?
  }

  /// How many files of desired state there were when it was last applied, and how many are gone.
  package struct FileCounts: Hashable, Sendable {
    package let removed: Int
    package let existing: Int

    package init(removed: Int = 0, existing: Int = 0) {
      self.removed = removed
      self.existing = existing
    }
  }

  /// A blocked change for every limit that the planned changes would exceed.
  ///
  /// - Parameter limits: those that were last applied, so that a change cannot lift its own limit.
  package static func changes(
    limits: Settings.Limits, planned: [Change], published: PublishedState, now: Timestamp,
    files: FileCounts = FileCounts(), allowances: [String: Int] = [:], inForce: Int? = nil
  ) -> [Change] {
    let existing =
      inForce
      ?? published.certificates.values.count {
        !$0.facts.isAuthority && !$0.isExpired(at: now) && !published.isRevoked($0.id)
      }
    guard existing > 0 || files.existing > 0 else { return [] }
    return counted(planned, existing: existing, limits, files).compactMap { counted in
      guard counted.existing > 0,
        let limit = counted.limit.flatMap({ maximum($0, counted, limits.minimum) }),
        counted.count > max(limit, allowances[counted.name] ?? 0)
      else { return nil }
      return Change(
        .blocked, .run,
        .blocked(.limit(name: counted.name, count: counted.count, limit: limit)), [])
    }
  }

  private static func counted(
    _ planned: [Change], existing: Int, _ limits: Settings.Limits, _ files: FileCounts
  ) -> [Counted] {
    func count(_ actions: Change.Action...) -> Int {
      planned.count { change in
        guard actions.contains(change.action) else { return false }
        switch change.subject {
        case .identity, .formerIdentity: return true
        default: return false
        }
      }
    }
    return [
      Counted(name: "issues", count: count(.issue), existing: existing, limit: limits.issues),
      Counted(
        name: "reissues", count: count(.replace), existing: existing, limit: limits.reissues),
      Counted(
        name: "revocations", count: count(.revoke), existing: existing,
        limit: limits.revocations),
      Counted(
        name: "retirements", count: count(.retire), existing: existing,
        limit: limits.retirements),
      Counted(
        name: "removed-files", count: files.removed, existing: files.existing,
        limit: limits.removedFiles),
    ]
  }

  /// The largest count that passes; percentages do not apply to small numbers.
  private static func maximum(
    _ limit: Settings.Limit, _ counted: Counted, _ minimum: Int
  ) -> Int? {
    switch limit {
    case .count(let count): return count
    case .percent(let percent):
      return max(minimum, counted.existing / 100 * percent + counted.existing % 100 * percent / 100)
    }
  }
}
