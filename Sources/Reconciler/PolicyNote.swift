import PKI

extension DesiredSource {
  /// Says that the change's own policies did not decide, when they are others.
  package var policyNote: String? {
    guard let inForce = policiesInForce, let state = decoded.state else { return nil }
    let changes = inForce.changes(to: state.policies)
    guard !changes.isEmpty else { return nil }
    let names = changes.map { "\"\($0.name)\" (\($0.kind.rawValue))" }.joined(separator: ", ")
    return "policies of \(inForce.source) were used; this change edits \(names)"
  }
}

extension PlanningRun {
  /// A blocked change for every policy that is made, changed or removed where the policies last
  /// applied do not let policies stand.
  ///
  /// Other documents are judged by the policies that they come with: two merges may come in one run.
  func policyChanges(
    _ source: DesiredSource, _ desired: DesiredState, _ lastApplied: DesiredState
  ) -> [Change] {
    let inForce = PoliciesInForce(
      source: "the desired state last applied", policies: lastApplied.policies)
    let refused = inForce.changes(to: desired.policies).filter { !inForce.permits($0) }
    guard refused.count > allowances["policies"] ?? 0 else { return [] }
    return refused.map {
      Change(
        .blocked, .policy($0.name),
        .blocked(.policyChange($0, inForce: inForce.source, count: refused.count)), [])
    }
  }
}
