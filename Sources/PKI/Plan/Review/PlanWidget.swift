/// A plan as the numbers that GitLab shows beside a merge request.
///
/// The form is that of `artifacts:reports:terraform`: an object with the members `create`, `update`
/// and `delete`, all of which GitLab's parser demands.
package struct PlanWidget {
  package init() {}

  package func render(_ plan: PlanDocument) -> String {
    var counts = (create: 0, update: 0, delete: 0)
    for change in plan.changes {
      switch Change.Action(rawValue: change["action"]?.text ?? "") {
      case .issue, .import: counts.create += 1
      case .renew, .replace, .rename, .publish: counts.update += 1
      case .revoke, .retire: counts.delete += 1
      // What is blocked is not done.
      case .blocked, nil: break
      }
    }
    return JSON.members([
      ("create", .int(counts.create)), ("update", .int(counts.update)),
      ("delete", .int(counts.delete)),
    ]).pretty
  }
}
