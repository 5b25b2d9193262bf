import Git
import PKI

/// Whether the published branch is signed by those who may write it.
///
/// The newest commit must be signed, and so must every commit after the first signed one, whoever
/// made it: otherwise a commit without a signature would be the way around. What is older than the
/// first signature was made before there was a key.
struct SignatureAudit {
  let tip: ObjectID
  let signers: AllowedSigners

  func problems(in repository: borrowing Repository) throws(ReconcileError) -> [AuditProblem] {
    let tip = tip
    let commits = try git { () throws(GitError) in
      try repository.commits(from: nil, to: tip).commits
    }
    var verifier = CommitVerifier(signers)
    var problems: [AuditProblem] = []
    /// Commits that are signed or come after one that is.
    var covered: Set<ObjectID> = []
    // Parents first.
    for commit in commits.reversed() {
      let signed = try git { () throws(GitError) in try repository.signedCommit(commit.id) }
      let isCovered = !signed.signatures.isEmpty || commit.parents.contains(where: covered.contains)
      if isCovered { covered.insert(commit.id) }
      guard isCovered || commit.id == tip,
        case .failure(let refusal) = try verifier.signer(of: commit, in: repository)
      else { continue }
      problems.append(
        AuditProblem(
          "commit \(commit.id)", refusal.reason,
          hint: "find out who made it; certwright signs with --signing-key"))
    }
    return problems
  }
}
