import ArgumentParser
import PKI
import Reconciler

/// What a run came to, for people, for hooks and as an exit code.
struct RunResult {
  /// Longer lists are cut, and the cut is said aloud.
  private static let longestList = 20

  let result: ApplyRun.Result

  init(_ result: ApplyRun.Result) {
    self.result = result
  }

  func report(_ notifier: Notifier) throws {
    if let commit = result.delivered {
      try Terminal.writeResult("pushed: commit \(commit), which had waited\n")
    }
    switch result.outcome {
    case .nothingToDo: try Terminal.writeResult("nothing to do\n")
    case .alreadyApplied:
      try Terminal.writeResult("nothing to do: everything in this plan has been applied\n")
    case .declined: throw ExitStatus.error
    case .applied(let outcome):
      try Terminal.writeResult(
        "applied: \(CommitMessage.summary(of: outcome.record.plan)); commit \(outcome.commit)\n")
      notifier.notify(.applied, applied(outcome))
    }
    if result.pending == nil { try reportWaiting(notifier) }
    if let unpushed = result.unpushed {
      if let error = result.pending, !error.isRemote { _ = Run.report(error) }
      throw unpushed
    }
    if let error = result.pending { throw error }
  }

  /// What nobody has approved yet is no error of the run.
  private func reportWaiting(_ notifier: Notifier) throws {
    let waiting = result.waiting
    guard !waiting.isEmpty else { return }
    var lines = ["waiting for approval: \(Reason.count(waiting.count, "change"))"]
    lines += waiting.prefix(Self.longestList).map { "  \($0.headline)" }
    if waiting.count > Self.longestList {
      lines.append("  and \(waiting.count - Self.longestList) more")
    }
    lines.append("certwright plan shows them, certwright apply carries them out")
    try Terminal.writeResult(lines.map { $0 + "\n" }.joined())
    notifier.notify(.waiting, [("changes", .strings(waiting.map(\.headline)))])
  }

  private func applied(_ outcome: Application.Outcome) -> [(String, JSON?)] {
    let plan = outcome.record.plan
    return [
      ("commit", .string(outcome.commit.hex)),
      ("branch", .string(plan.source.publishedBranch)),
      ("digest", .string(plan.digest)),
      ("summary", .string(CommitMessage.summary(of: plan))),
      ("changes", .strings(plan.changes.filter { $0.action != .blocked }.map(\.headline))),
    ]
  }
}

extension Change {
  /// `+ issue client app1`
  var headline: String { "\(action.sign) \(action.rawValue) \(subject.word) \(subject.name)" }
}
