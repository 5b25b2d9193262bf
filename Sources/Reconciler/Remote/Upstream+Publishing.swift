package import Git
package import PKI
import Synchronization

extension Upstream {
  enum PushOutcome {
    case accepted
    case raced
    case refused(String)
    /// Nobody knows whether it arrived.
    case unknown(ReconcileError)
  }

  /// Publishes a commit: the remote's branch first, then the clone's.
  ///
  /// The commit is on record as pending before anything is sent, so that the run after a crash knows
  /// what may have arrived.
  ///
  /// - Returns: false when another run was faster; fetch and plan again.
  func publish(
    _ commit: ObjectID, _ branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    let before = try pending(branch, in: clone)
    try set(CloneReferences.pending(branch), to: commit, clone)
    guard let remote = standing.withLock({ $0.remote }), unpushed == nil else {
      try set(CloneReferences.local(branch), to: commit, clone)
      wait(for: commit)
      return true
    }
    switch try push(commit, branch, expecting: remote.branch(branch), clone) {
    case .accepted: try settle(commit, branch, clone)
    case .raced:
      try restore(before, branch, clone)
      return false
    case .refused(let words):
      try restore(before, branch, clone)
      throw .pushRefused(url: published.text, words: words)
    case .unknown(let reason):
      try set(CloneReferences.local(branch), to: commit, clone)
      wait(for: commit, reason)
    }
    return true
  }

  /// Creates a branch of the desired repository, or moves it forward, on its remote.
  ///
  /// - Throws: ``ReconcileError/pushRefused(url:words:)`` also when the branch stands elsewhere.
  package func pushDesired(
    _ commit: ObjectID, branch: String, expecting expected: ObjectID? = nil,
    in clone: borrowing Repository
  ) throws(ReconcileError) {
    let reply = try git { () throws(GitError) in
      try choice.client.ask(
        .push(commit: commit, branch: branch, expected: expected), of: desired, for: folder.path)
    }
    switch reply.push {
    case .accepted: return
    case .raced(let words), .refused(let words):
      throw .pushRefused(url: desired.text, words: words)
    case nil: throw .pushRefused(url: desired.text, words: "no answer")
    }
  }

  /// Puts a commit on a new branch of the clone and of the desired repository. An emergency does not
  /// wait for the latter: what went wrong there is kept as ``undelivered``.
  func deliver(
    _ commit: ObjectID, branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) {
    try set(CloneReferences.local(branch), to: commit, clone)
    do throws(ReconcileError) {
      try pushDesired(commit, branch: branch, in: clone)
    } catch {
      let problem = ReconcileError.unpushed(
        UnpushedCommit(
          commit: commit, url: desired.text, reason: error.message,
          hint: "git --git-dir \(folder.path) push \(desired.text) \(branch)", clone: folder.path))
      standing.withLock { $0.undelivered = problem }
    }
  }

  /// Pushes and, when the answer was lost, asks what came of it.
  func push(
    _ commit: ObjectID, _ branch: String, expecting expected: ObjectID?,
    _ clone: borrowing Repository
  ) throws(ReconcileError) -> PushOutcome {
    let failure: GitError
    do throws(GitError) {
      let reply = try choice.client.ask(
        .push(commit: commit, branch: branch, expected: expected), of: published,
        for: folder.path)
      switch reply.push {
      case .accepted: return .accepted
      case .raced: return .raced
      case .refused(let words): return .refused(words)
      case nil: return .unknown(.invalid("the network process gave no answer", hint: nil))
      }
    } catch { failure = error }
    // A server that did not answer in time would not answer this either.
    if case .remote(let remote) = failure, remote.kind == .timedOut {
      return .unknown(.git(failure))
    }
    let found = try? choice.client.ask(.list, of: published, for: folder.path)
    return found?.branch(branch) == commit ? .accepted : .unknown(.git(failure))
  }

  /// The remote has it: the clone follows.
  func settle(
    _ commit: ObjectID, _ branch: String, _ clone: borrowing Repository
  ) throws(ReconcileError) {
    try set(CloneReferences.known(branch), to: commit, clone)
    try set(CloneReferences.local(branch), to: commit, clone)
    try drop(CloneReferences.pending(branch), clone)
    standing.withLock { $0.remote?.references["refs/heads/\(branch)"] = commit }
  }

  private func restore(
    _ pending: ObjectID?, _ branch: String, _ clone: borrowing Repository
  ) throws(ReconcileError) {
    guard let pending else { return try drop(CloneReferences.pending(branch), clone) }
    try set(CloneReferences.pending(branch), to: pending, clone)
  }
}
