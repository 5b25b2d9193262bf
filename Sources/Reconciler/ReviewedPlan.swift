package import Git
package import PKI

/// What somebody has reviewed and what an apply must therefore be.
package struct ReviewedPlan: Sendable {
  package enum Agreement: Hashable, Sendable {
    /// Carry it out: it is what was reviewed.
    case same
    /// Everything that was reviewed has been made.
    case applied
    case stale(PlanComparison)
  }

  /// How many published commits are looked at: a year of hourly ones.
  private static let longestSearch = 10_000

  private let document: PlanDocument?
  private let digest: String?
  private let maxAge: Lifetime

  /// - Parameter maxAge: a plan that is older was reviewed for another time.
  package init(document: PlanDocument, maxAge: Lifetime) {
    self.document = document
    digest = nil
    self.maxAge = maxAge
  }

  package init(digest: String) {
    document = nil
    self.digest = digest
    maxAge = .longest
  }

  /// Whether the renewal of an authority was among what was reviewed; a digest does not say.
  var renewsAuthorities: Bool {
    document?.changes.contains { change in
      change["action"]?.text == Change.Action.renew.rawValue
        && change["certificate"] != nil && change["kind"]?.text == "authority"
    } ?? false
  }

  package func requireFresh(at now: Timestamp) throws(ReconcileError) {
    guard let time = document?.time, time + maxAge < now else { return }
    throw .stale(["it was made at \(time), longer than \(maxAge) ago"])
  }

  package func agreement(
    with planning: Planning, in repository: borrowing Repository
  ) throws(ReconcileError) -> Agreement {
    let fresh = planning.plan.document
    if let digest {
      if digest == fresh.digest { return .same }
      let commit = try commit(applying: digest, planning, in: repository)
      if commit != nil, !fresh.changes.contains(where: PlanDocument.isIntent) { return .applied }
      throw .stale(
        (commit.map { ["it was applied by commit \($0)"] } ?? [])
          + ["the digest of what there is to do now is \(fresh.digest), not \(digest)"])
    }
    guard let document else { return .same }
    let comparison = PlanComparison(
      reviewed: document, fresh: fresh,
      settled: PlanComparison.settled(
        document, desired: planning.desired, lastApplied: planning.lastApplied,
        published: planning.observation.state))
    guard comparison.isSame else { return .stale(comparison) }
    let isAllMade = comparison.alreadyMade == document.changes.count && !document.changes.isEmpty
    return isAllMade ? .applied : .same
  }

  /// The published commit that carried out a plan with this digest.
  private func commit(
    applying digest: String, _ planning: Planning, in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    var next = planning.observation.tip
    for _ in 0..<Self.longestSearch {
      guard let commit = next else { return nil }
      if commit.trailer("Plan-Digest") == digest { return commit.id }
      guard let parent = commit.parents.first,
        try git({ () throws(GitError) in try repository.contains(parent) })
      else { return nil }
      next = try git { () throws(GitError) in try repository.commit(parent) }
    }
    return nil
  }
}
