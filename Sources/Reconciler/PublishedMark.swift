import Git
import PKI

/// The newest commit that this repository saw published, on a reference beside the branch: a branch
/// that was reset, or restored from an old backup, would forget revocations and use CRL numbers again.
enum PublishedMark {
  private static func name(_ branch: String) -> String { CloneReferences.known(branch) }

  /// Requires the branch to have everything that it had.
  static func check(
    _ tip: ObjectID?, of branch: String, in repository: borrowing Repository
  ) throws(ReconcileError) {
    let known = try git { () throws(GitError) in try repository.reference(name(branch)) }
    guard let known, known != tip else { return }
    guard let tip else {
      throw .rewrittenBranch(RewrittenBranch(branch: branch, known: known, found: nil))
    }
    let ancestry = try git { () throws(GitError) in try repository.isAncestor(known, of: tip) }
    guard ancestry == .no else { return }
    let isOlder = try git { () throws(GitError) in try repository.isAncestor(tip, of: known) == .yes
    }
    throw .rewrittenBranch(
      RewrittenBranch(branch: branch, known: known, found: tip, isOlder: isOlder))
  }

  /// A crash before this leaves the mark at an ancestor, which is as good.
  static func set(
    _ commit: ObjectID, of branch: String, in repository: borrowing Repository
  ) throws(ReconcileError) {
    try git { () throws(GitError) in try repository.setReference(name(branch), to: commit) }
  }
}

/// A branch of this repository that lost what was published on it.
package struct RewrittenBranch: Sendable {
  let branch: String
  let known: ObjectID
  /// nil when the branch is gone.
  let found: ObjectID?
  /// Whether it was set back, as by restoring a backup.
  var isOlder = false

  var message: String {
    guard let found else {
      return "the branch \"\(branch)\" is gone; commit \(known) was published on it"
    }
    return isOlder
      ? "the branch \"\(branch)\" was set back to \(found); the later \(known) was published on it"
      : "the branch \"\(branch)\" was rewritten: \(found) does not descend from \(known), which was"
        + " published on it"
  }

  var hint: String {
    "restore it: git branch --force \(branch) \(known); to forget what was published: git update-ref -d"
      + " \(CloneReferences.known(branch))"
  }
}
