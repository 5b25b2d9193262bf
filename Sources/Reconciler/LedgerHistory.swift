import Git
import PKI

/// What history may do to the ledger: add, never change or remove.
enum LedgerHistory {
  static func requireAdditions(
    from old: CommitInfo, to new: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) {
    let before = try ledger(of: old, in: repository)
    let after = try ledger(of: new, in: repository)
    guard let before, before != after else { return }
    guard let after else { throw .rewrittenLedger(commit: new.id, path: LedgerPath.folder) }
    let changes = try git { () throws(GitError) in
      try repository.changes(from: before, to: after)
    }
    if let lost = changes.first(where: { $0.kind != .added }) {
      throw .rewrittenLedger(commit: new.id, path: "\(LedgerPath.folder)/\(lost.path)")
    }
  }

  private static func ledger(
    of commit: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    try git { () throws(GitError) in
      try repository.entry(at: LedgerPath.folder, in: commit.tree)?.id
    }
  }
}
