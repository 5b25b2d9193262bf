/// The message of a published commit: what changed and why, for people who read `git log`.
package struct CommitMessage {
  private static let longestList = 40

  package static func text(for record: RunRecord) -> String {
    let plan = record.plan
    let verb = record.emergency == nil ? "publish" : "EMERGENCY"
    let subject = "\(verb): \(summary(of: plan))"
    var body = plan.changes.filter { $0.action != .blocked }.prefix(longestList).map {
      line($0, plan.causes)
    }
    if plan.changes.count > longestList {
      body.append("and \(plan.changes.count - longestList) more")
    }
    var trailers = ["Plan-Digest: \(plan.digest)"]
    if let commit = record.desiredCommit {
      trailers.insert("Desired-Commit: \(commit)", at: 0)
    }
    if let emergency = record.emergency {
      trailers += [
        "Emergency-Commit: \(emergency.commit)", "Emergency-Branch: \(emergency.branch)",
        "Emergency-By: \(emergency.by)",
      ]
    }
    return [subject, body.joined(separator: "\n"), trailers.joined(separator: "\n")]
      .filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// `12 issued, 1 revoked, 4 published`
  package static func summary(of plan: Plan) -> String {
    let parts = plan.counts.filter { $0.count > 0 && $0.action != .blocked }
      .map { "\($0.count) \(past($0.action))" }
    return parts.isEmpty ? "rendered again" : parts.joined(separator: ", ")
  }

  private static func line(_ change: Change, _ causes: [String: CausingCommit]) -> String {
    let cause = change.reasons.first.map { ": \(ReasonView($0.json(causes)).sentence)" } ?? ""
    return "\(change.action.sign) \(change.subject.word) \(change.subject.name)\(cause)"
  }

  private static func past(_ action: Change.Action) -> String {
    switch action {
    case .issue: "issued"
    case .renew: "renewed"
    case .replace: "replaced"
    case .revoke: "revoked"
    case .retire: "retired"
    case .rename: "renamed"
    case .import: "imported"
    case .publish: "published"
    case .blocked: "blocked"
    }
  }
}
