import Git
import PKI
import Synchronization

/// Branches of emergencies that the desired repository has not been given yet.
///
/// A reference stands for each, from before the revocation is published until the branch has
/// arrived: whatever ends a run in between, a later one sends it.
extension Upstream {
  func keepUnsent(
    _ commit: ObjectID, branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) {
    try set(CloneReferences.unsent(branch), to: commit, clone)
  }

  func unsentBranches(
    in clone: borrowing Repository
  ) throws(ReconcileError) -> [(branch: String, commit: ObjectID)] {
    let found = try git { () throws(GitError) in
      try clone.references(below: [CloneReferences.unsentFolder])
    }
    return found.sorted { $0.key < $1.key }.map {
      (String($0.key.dropFirst(CloneReferences.unsentFolder.count)), $0.value)
    }
  }

  /// Sends what earlier runs could not; with the lock, when the published branch is settled. What
  /// fails is said and tried again by the next run.
  func sendBranches(
    _ published: String, in clone: borrowing Repository
  ) throws(ReconcileError) {
    guard hindrance == nil else { return }
    for (branch, commit) in try unsentBranches(in: clone) {
      guard try isWanted(commit, published, in: clone) else {
        try drop(CloneReferences.unsent(branch), clone)
        continue
      }
      do throws(ReconcileError) {
        try pushDesired(commit, branch: branch, in: clone)
        try drop(CloneReferences.unsent(branch), clone)
      } catch {
        standing.withLock {
          $0.warnings.append(
            "the branch \"\(branch)\" of an emergency could not be pushed: \(error.message)")
        }
      }
    }
  }

  /// Whether people have still to merge a commit: it was applied, and no branch of theirs has it. One
  /// that was not applied was of a run that failed.
  private func isWanted(
    _ commit: ObjectID, _ published: String, in clone: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    let branches = try git { () throws(GitError) in
      try clone.references(below: [CloneReferences.desiredMirror + "/"])
    }
    for tip in branches.values where try isAncestor(commit, of: tip, clone) { return false }
    guard let tip = try reference(CloneReferences.local(published), clone) else { return false }
    return try isApplied(commit, from: tip, in: clone)
  }

  /// Looks through the published commits that are not older than a desired one.
  private func isApplied(
    _ desired: ObjectID, from tip: ObjectID, in clone: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    try git { () throws(GitError) in
      let time = try clone.commit(desired).committer.time
      var (seen, waiting): (Set<ObjectID>, [ObjectID]) = ([tip], [tip])
      while let id = waiting.popLast() {
        let commit = try clone.commit(id)
        if commit.trailer("Emergency-Commit") == desired.hex { return true }
        guard commit.committer.time >= time else { continue }
        waiting += commit.parents.filter { seen.insert($0).inserted }
      }
      return false
    }
  }
}
