import Git
import PKI

/// A remote branch that lost what was published on it.
package struct RewrittenRemote: Sendable {
  let branch: String
  let url: String
  let known: ObjectID
  /// nil when the branch is gone.
  let found: ObjectID?
  /// Whether it was set back, as by restoring a backup.
  let isOlder: Bool
  let clone: String

  var message: String {
    guard let found else {
      return "\"\(url)\" has no branch \"\(branch)\" any more; this host knows that \(known) was"
        + " published there"
    }
    return isOlder
      ? "the branch \"\(branch)\" of \"\(url)\" was set back to \(found); this host knows that the"
        + " later \(known) was published there"
      : "the branch \"\(branch)\" of \"\(url)\" was rewritten: \(found) does not descend from"
        + " \(known), which this host knows was published there"
  }

  var hint: String {
    let spec = "\(isOlder || found == nil ? "" : "+")\(known):refs/heads/\(branch)"
    return "nothing was signed; restore it: git --git-dir \(clone) push \(url) \(spec)"
  }
}

/// A commit that was made here and has not reached the remote.
package struct UnpushedCommit: Sendable {
  let commit: ObjectID
  let url: String
  let reason: String
  let hint: String?
  let clone: String

  var message: String {
    "commit \(commit) is applied and recorded here, and still has to be pushed to \"\(url)\""
      + (reason.isEmpty ? "" : ": \(reason)")
  }
}

extension ReconcileError {
  /// Whether it is a remote that could not be reached or written.
  package var isRemote: Bool {
    switch self {
    case .git(.remote), .unpushed: true
    default: false
    }
  }
}
