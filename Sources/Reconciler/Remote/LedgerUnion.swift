import Cryptography
import Git
import PKI

/// Unites two published commits that each recorded something without the other.
///
/// Ledgers only grow, so what is in either is in the union. What is rendered stays as the first
/// commit has it: the plan on top of the union renders it again and signs every CRL that differs
/// with a number above both.
struct LedgerUnion {
  private static let trailer = "Ledger-Union"

  /// The time of the commit.
  let now: Timestamp
  let signingKey: SSHSigningKey?

  static func isUnion(_ commit: CommitInfo) -> Bool { commit.trailer(trailer) != nil }

  /// - Parameters:
  ///   - first: what relying parties were shown on the remote.
  ///   - second: what was recorded here meanwhile.
  func commit(
    _ first: ObjectID, _ second: ObjectID, in clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID {
    let first = try git { () throws(GitError) in try clone.commit(first) }
    let second = try git { () throws(GitError) in try clone.commit(second) }
    var files = try additions(first, second, in: clone)
    let (desired, commit) = try newerDesired(first, second, in: clone)
    if let desired { files["desired"] = .tree(desired) }
    let text =
      "unite: two runs recorded without each other\n\n"
      + (commit.map { "Desired-Commit: \($0)\n" } ?? "") + "\(Self.trailer): \(second.id)\n"
    return try PublishedCommit(signingKey: signingKey).make(
      files, onto: first, also: [second.id], at: now, message: text, in: clone)
  }

  // MARK: - The ledger

  private func additions(
    _ first: CommitInfo, _ second: CommitInfo, in clone: borrowing Repository
  ) throws(ReconcileError) -> [String: TreeContent] {
    let (ours, theirs) = (try ledger(of: first, clone), try ledger(of: second, clone))
    let changes = try git { () throws(GitError) in try clone.changes(from: ours, to: theirs) }
    var taken: Set<String> = []
    for tree in [ours, theirs].compactMap(\.self) {
      let listing = try git { () throws(GitError) in try clone.files(in: tree) }
      taken.formUnion((listing?.files ?? []).map { "\(LedgerPath.folder)/\($0.path)" })
    }
    var files: [String: TreeContent] = [:]
    for change in changes {
      guard let entry = change.after else { continue }
      var path = "\(LedgerPath.folder)/\(change.path)"
      if change.kind == .changed { path = try free(path, taken) }
      taken.insert(path)
      files[path] = .blob(entry.id)
    }
    return files
  }

  private func ledger(
    of commit: CommitInfo, _ clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    try git { () throws(GitError) in
      try clone.entry(at: LedgerPath.folder, in: commit.tree)?.id
    }
  }

  /// The next number for an event that both recorded in other words, such as at another moment.
  private func free(_ path: String, _ taken: Set<String>) throws(ReconcileError) -> String {
    guard let other = LedgerHistory.siblings(of: path).first(where: { !taken.contains($0) }) else {
      throw .damagedLedger(path: path, reason: "is on record twice, each time another one")
    }
    return other
  }

  // MARK: - Desired state

  /// The desired state last applied: the second's where it came later.
  private func newerDesired(
    _ first: CommitInfo, _ second: CommitInfo, in clone: borrowing Repository
  ) throws(ReconcileError) -> (tree: ObjectID?, commit: ObjectID?) {
    let observer = Observer(now: now)
    let (old, new) = (
      try observer.lastDesiredCommit(from: first, in: clone),
      try observer.lastDesiredCommit(from: second, in: clone)
    )
    guard let old, let new, old != new else { return (nil, old ?? new) }
    let isNewer = try git { () throws(GitError) in
      guard try clone.contains(old), try clone.contains(new) else { return false }
      return try clone.isAncestor(old, of: new) == .yes
    }
    guard isNewer else { return (nil, old) }
    let entry = try git { () throws(GitError) in
      try clone.entry(at: "desired", in: second.tree)
    }
    return (entry?.id, new)
  }
}
