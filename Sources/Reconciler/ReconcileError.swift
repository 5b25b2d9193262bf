package import Cryptography
package import Git
package import PKI

/// Why a run could not do what it was asked to: the step, and what the step's own library said.
package enum ReconcileError: Error {
  case git(GitError)
  case keys(KeyStoreError)
  case openSSL(OpenSSLError)
  /// Desired state is not valid; every finding of every file.
  case findings([Finding])
  /// A file of the host is not valid.
  case hostFile(path: String, [Finding])
  /// Something on the published branch is not what certwright writes there.
  case damagedLedger(path: String, reason: String)
  /// Somebody else changed or removed a record.
  case rewrittenLedger(commit: ObjectID, path: String)
  /// The branch that shall hold what is published holds something else.
  case foreignBranch(commit: ObjectID)
  /// The published branch lost what was published on it.
  case rewrittenBranch(RewrittenBranch)
  case noDesiredState(path: String, revision: String)
  case clockBehind(now: Timestamp, newest: Timestamp)
  case simulatedTimeRefused(at: Timestamp, now: Timestamp)
  case simulationMismatch
  case branchCheckedOut(branch: String, folder: String)
  /// The private key of a published authority is not in the key store.
  case missingAuthorityKey(name: Name, id: KeyID)
  case missingKey(name: Name, id: KeyID)
  /// What was made is not what was planned; nothing was published.
  case checkFailed(subject: String, reason: String)
  /// The plan has changes that guards block.
  case blocked([Guard])
  /// Making an authority's key or renewing a root is never unattended.
  case consentNeeded(authorities: [Name])
  /// What was reviewed is not what would be done now; each line says how.
  case stale([String])
  /// Somebody told runs to leave new intent alone.
  case suspended(SuspensionRecord)
  case lostRace(branch: String)
  case locked(by: String)
  case rewrittenRemote(RewrittenRemote)
  /// The server does not want what was pushed, in its own words.
  case pushRefused(url: String, words: String)
  case unpushed(UnpushedCommit)
  case invalid(String, hint: String?)
}

extension ReconcileError {
  package var message: String {
    switch self {
    case .git(let error): error.description
    case .keys(let error): error.description
    case .openSSL(let error): error.description
    case .findings(let findings): "desired state has \(Reason.count(findings.count, "finding"))"
    case .hostFile(let path, let findings):
      "\"\(path)\" has \(Reason.count(findings.count, "finding"))"
    case .damagedLedger(let path, let reason): "published \"\(path)\": \(reason)"
    case .rewrittenLedger(let commit, let path):
      "commit \(commit) changed or removed \"\(path)\", which is a record and must stay"
    case .foreignBranch(let commit):
      "the published branch, at \(commit), holds no ledger: it is the branch of something else"
    case .rewrittenBranch(let branch): branch.message
    case .noDesiredState(let path, let revision):
      "\(revision) has no folder \"\(path)\""
    case .clockBehind(let now, let newest):
      "the clock says \(now), but the published branch was signed at \(newest)"
    case .simulatedTimeRefused(let at, let now):
      "--at \(at) is more than five minutes from the system clock, \(now)"
    case .simulationMismatch: "the published branch was not born with simulated time"
    case .branchCheckedOut(let branch, let folder):
      "the branch \"\(branch)\" is checked out in \"\(folder)\""
    case .missingAuthorityKey(let name, let id):
      "the key store has no key \(id) of authority \"\(name)\""
    case .missingKey(let name, let id): "the key store has no key \(id) of \"\(name)\""
    case .checkFailed(let subject, let reason):
      "\(subject) did not pass the check after signing: \(reason); nothing was published"
    case .blocked(let guards):
      "the plan is blocked: \(guards.map(\.sentence).joined(separator: "; "))"
    case .consentNeeded(let authorities):
      "the plan makes a key for, or renews, \(authorities.map { "\"\($0)\"" }.joined(separator: ", ")),"
        + " which is never done unattended"
    case .stale(let lines): "the saved plan is stale: \(lines.joined(separator: "; "))"
    case .suspended(let record):
      "\(record.by) suspended new changes at \(record.at): \(record.reason)"
    case .lostRace(let branch): "another run moved \"\(branch)\" again and again"
    case .rewrittenRemote(let remote): remote.message
    case .pushRefused(let url, let words):
      "\"\(url)\" refused the push: \(words); nothing was published"
    case .unpushed(let commit): commit.message
    case .locked(let by): "another run holds the lock: \(by)"
    case .invalid(let message, _): message
    }
  }

  package var hint: String? {
    switch self {
    case .git(let error): error.hint
    case .rewrittenRemote(let remote): remote.hint
    case .unpushed(let commit):
      commit.hint ?? "run again; until then git --git-dir \(commit.clone) has it"
    case .keys(let error): error.hint
    case .foreignBranch: "name another branch with --published"
    case .rewrittenBranch(let branch): branch.hint
    case .noDesiredState: "certwright init writes a starting desired state; commit it"
    case .clockBehind: "set the clock"
    case .simulatedTimeRefused:
      "a branch of its own can be born with --simulated-time, to try what happens when"
    case .branchCheckedOut: "check out another branch there: certwright writes this one itself"
    case .missingAuthorityKey, .missingKey:
      "restore it from backup, or name the right folder with --keys"
    case .rewrittenLedger: "restore the branch from a copy that has the record"
    case .blocked(let guards): guards.compactMap(\.hint).first
    case .consentNeeded(let authorities): "add --allow authorities=\(authorities.count)"
    case .suspended: "certwright resume"
    case .stale: "plan again and have it reviewed again"
    case .invalid(_, let hint): hint
    default: nil
    }
  }
}
