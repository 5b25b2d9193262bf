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

  package func requireFresh(at now: Timestamp) throws(ReconcileError) {
    guard let time = document?.time, time + maxAge < now else { return }
    throw .stale(["it was made at \(time), longer than \(maxAge) ago"])
  }

  package func agreement(with planning: Planning) throws(ReconcileError) -> Agreement {
    let fresh = planning.plan.document
    if let digest {
      guard digest == fresh.digest else {
        throw .stale(["its digest is \(fresh.digest), \(digest) was expected"])
      }
      return .same
    }
    guard let document else { return .same }
    let comparison = PlanComparison(
      reviewed: document, fresh: fresh,
      settled: PlanComparison.settled(
        document, desired: planning.desired, published: planning.observation.state))
    guard comparison.isSame else { return .stale(comparison) }
    let isAllMade = comparison.alreadyMade == document.changes.count && !document.changes.isEmpty
    return isAllMade ? .applied : .same
  }
}
