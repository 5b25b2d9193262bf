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
    for change in changes where change.kind != .added {
      let path = "\(LedgerPath.folder)/\(change.path)"
      let whole = TreeChange(path: path, before: change.before, after: change.after)
      if try isKept(whole, of: new, repository) { continue }
      throw .rewrittenLedger(commit: new.id, path: path)
    }
  }

  /// More events of one kind no certificate has.
  private static let mostEvents = 100

  /// Whether a merge kept a record under another number, because the other branch had one of the
  /// same name: both recorded an event of the same certificate.
  static func isKept(
    _ change: TreeChange, of commit: CommitInfo, _ repository: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    guard change.kind == .changed, commit.parents.count > 1, let before = change.before else {
      return false
    }
    for other in siblings(of: change.path) {
      let entry = try git { () throws(GitError) in
        try repository.entry(at: other, in: commit.tree)
      }
      if entry?.id == before.id { return true }
    }
    return false
  }

  /// The places of further events of the kind and certificate that a path names; none for a path of
  /// something else.
  static func siblings(of path: String) -> [String] {
    for kind in LedgerEvent.Kind.allCases where path.hasPrefix(kind.folder + "/") {
      let below = path.dropFirst(kind.folder.count + 1)
      guard let place = LedgerPath.parse(String(below), ending: ".yaml") else { return [] }
      return (1...mostEvents).map {
        LedgerPath.event(kind, place.id, notAfter: place.day, sequence: $0)
      }
    }
    return []
  }

  private static func ledger(
    of commit: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    try git { () throws(GitError) in
      try repository.entry(at: LedgerPath.folder, in: commit.tree)?.id
    }
  }
}
