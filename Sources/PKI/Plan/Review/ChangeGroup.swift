/// The changes of one action, for reviewers who shall see first what can hurt.
package struct ChangeGroup {
  /// From what ends or refuses access, over what grants it, to what only keeps things going.
  /// What is not known, nil, counts as dangerous.
  private static let order: [Change.Action?] = [
    .blocked, nil, .revoke, .replace, .retire, .issue, .renew, .rename, .import, .publish,
  ]

  /// nil for changes of a kind that this version does not know.
  package let action: Change.Action?
  package let changes: [ChangeView]

  /// The groups of a plan that are not empty, the dangerous ones first.
  package static func groups(of plan: PlanDocument) -> [ChangeGroup] {
    let byAction = Dictionary(grouping: plan.changes.map { ChangeView($0) }) {
      Change.Action(rawValue: $0.action)
    }
    return order.compactMap { action in
      byAction[action].map { ChangeGroup(action: action, changes: $0) }
    }
  }

  package var sign: String { action?.sign ?? "?" }
  package var word: String { action?.rawValue ?? "unknown" }

  /// `12 to issue`, `1 blocked`
  package var title: String {
    switch action {
    case .blocked: "\(changes.count) blocked"
    case nil: "\(changes.count) unknown to this version"
    case let action?: "\(changes.count) to \(action.rawValue)"
    }
  }

  /// Whether a reviewer must have seen these before anything else.
  package var isDangerous: Bool {
    switch action {
    case .blocked, .revoke, .replace, .retire, nil: true
    default: false
    }
  }
}

extension PlanDocument {
  /// `1 blocked, 2 to revoke, 12 to issue`, the dangerous first.
  package var headline: String {
    let titles = ChangeGroup.groups(of: self).map(\.title)
    return titles.isEmpty ? "no changes" : titles.joined(separator: ", ")
  }

  /// What changes for whom, one sentence each, where the plan says so.
  package var accessSentences: [String] {
    (json["access"]?.elements ?? []).compactMap { $0["sentence"]?.text?.visible }
  }

  package var warnings: [String] { (json["warnings"]?.texts ?? []).map(\.visible) }

  /// Where the two states were read, cleaned for people.
  package var origin: (desired: String, path: String, published: String, branch: String) {
    (
      json["desired_commit"]?.text.map { String($0.prefix(12)).visible } ?? "the work tree",
      (json["desired_path"]?.text ?? "").visible,
      json["published_commit"]?.text.map { String($0.prefix(12)).visible } ?? "nothing yet",
      (json["published_branch"]?.text ?? "").visible
    )
  }
}
