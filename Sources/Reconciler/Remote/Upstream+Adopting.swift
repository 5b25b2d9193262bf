package import Git
package import PKI
import Synchronization

extension Upstream {
  /// The published commit to work on; with the lock, everything that was left over is settled first.
  func tip(
    of branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    guard standing.withLock({ $0.isWriting }) else { return try visibleTip(of: branch, in: clone) }
    try adopt(branch, in: clone)
    return try reference(CloneReferences.local(branch), clone)
  }

  /// The branches that this host has seen published.
  func knownBranches(in clone: borrowing Repository) throws(ReconcileError) -> [String] {
    let found = try git { () throws(GitError) in
      try clone.references(below: [CloneReferences.knownFolder])
    }
    return found.keys.sorted().map { String($0.dropFirst(CloneReferences.knownFolder.count)) }
  }

  /// The commit that waits to be pushed; nil when there is none.
  package func pending(
    _ branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    try reference(CloneReferences.pending(branch), clone)
  }

  /// The pending commit, unless the remote has it.
  func unpublished(
    _ branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) -> [ObjectID] {
    guard let pending = try pending(branch, in: clone) else { return [] }
    let tip = standing.withLock { $0.remote }?.branch(branch)
    return try isPublished(pending, tip, clone) ? [] : [pending]
  }

  /// What a command that changes nothing looks at: the pending commit as long as the remote has not
  /// gone another way.
  private func visibleTip(
    of branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    guard let remote = standing.withLock({ $0.remote }) else {
      return try reference(CloneReferences.local(branch), clone)
    }
    let tip = remote.branch(branch)
    try check(tip, of: branch, in: clone)
    guard let pending = try pending(branch, in: clone) else { return tip }
    guard let tip else { return pending }
    return try isAncestor(tip, of: pending, clone) ? pending : tip
  }

  /// Brings the clone's branch to where this run may work on.
  ///
  /// A pending commit that the remote has is done with; one that it lacks is pushed, or united with
  /// what the remote has got meanwhile.
  func adopt(_ branch: String, in clone: borrowing Repository) throws(ReconcileError) {
    guard standing.withLock({ $0.adopted }) != branch else { return }
    standing.withLock { $0.adopted = branch }
    try settleBranch(branch, in: clone)
    try sendBranches(branch, in: clone)
  }

  private func settleBranch(
    _ branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) {
    let pending = try pending(branch, in: clone)
    guard let remote = standing.withLock({ $0.remote }) else {
      // What became of it is not known, so it counts.
      if let pending {
        try set(CloneReferences.local(branch), to: pending, clone)
        wait(for: pending)
      }
      return
    }
    let tip = remote.branch(branch)
    try check(tip, of: branch, in: clone)
    if let tip { try set(CloneReferences.known(branch), to: tip, clone) }
    if let pending, try isPublished(pending, tip, clone) {
      standing.withLock { $0.delivered = pending }
    }
    guard let commit = try outstanding(pending, tip, branch, clone) else {
      return try follow(tip, branch, clone)
    }
    try set(CloneReferences.pending(branch), to: commit, clone)
    guard let tip, try !isPushable(commit, onto: tip, clone) else {
      return try pushAgain(commit, onto: tip, branch, clone)
    }
    let union = try LedgerUnion(now: now, signingKey: signingKey).commit(tip, commit, in: clone)
    try set(CloneReferences.pending(branch), to: union, clone)
    try set(CloneReferences.local(branch), to: union, clone)
  }

  /// What the remote has still to be given; nil when it has all that ever was to be seen here.
  ///
  /// The clone's branch is what runs have ended with: relying parties may have its CRLs, so it is
  /// never dropped (decision 9). A pending commit that is not on the branch is of a run that did not
  /// end: it comes along where it can, and else was a lost race that nobody was shown.
  private func outstanding(
    _ pending: ObjectID?, _ tip: ObjectID?, _ branch: String, _ clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    if let shown = try unpublishedLocal(branch, tip, clone) {
      guard let pending, try isAncestor(shown, of: pending, clone) else { return shown }
      return pending
    }
    guard let pending, try !isPublished(pending, tip, clone),
      try isPushable(pending, onto: tip, clone)
    else { return nil }
    return pending
  }

  /// What the clone's branch stands on, unless the remote has it.
  private func unpublishedLocal(
    _ branch: String, _ tip: ObjectID?, _ clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    guard let local = try reference(CloneReferences.local(branch), clone) else { return nil }
    return try isPublished(local, tip, clone) ? nil : local
  }

  private func isPublished(
    _ pending: ObjectID, _ tip: ObjectID?, _ clone: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    guard let tip else { return false }
    return try isAncestor(pending, of: tip, clone)
  }

  /// Whether a pending commit is one that the remote's branch may simply go forward to.
  private func isPushable(
    _ pending: ObjectID, onto tip: ObjectID?, _ clone: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    guard let tip else { return true }
    return try isAncestor(tip, of: pending, clone)
  }

  private func follow(
    _ tip: ObjectID?, _ branch: String, _ clone: borrowing Repository
  ) throws(ReconcileError) {
    if let tip {
      try set(CloneReferences.local(branch), to: tip, clone)
    } else {
      try drop(CloneReferences.local(branch), clone)
    }
    try drop(CloneReferences.pending(branch), clone)
  }

  private func pushAgain(
    _ pending: ObjectID, onto tip: ObjectID?, _ branch: String, _ clone: borrowing Repository
  ) throws(ReconcileError) {
    let commit = try git { () throws(GitError) in try clone.commit(pending) }
    if LedgerUnion.isUnion(commit) {
      // It waits for the commit that renders what it united.
      try set(CloneReferences.local(branch), to: pending, clone)
      return
    }
    switch try push(pending, branch, expecting: tip, clone) {
    case .accepted:
      try settle(pending, branch, clone)
      standing.withLock { $0.delivered = pending }
    case .raced:
      try raced(branch)
      try fetch(into: clone)
      try settleBranch(branch, in: clone)
    case .refused(let words):
      guard let shown = try unpublishedLocal(branch, tip, clone) else {
        return try follow(tip, branch, clone)
      }
      try set(CloneReferences.pending(branch), to: shown, clone)
      throw .pushRefused(url: published.text, words: words)
    case .unknown(let reason):
      try set(CloneReferences.local(branch), to: pending, clone)
      wait(for: pending, reason)
    }
  }

  private static let mostRaces = 10

  /// Waits before the branch is fetched and settled again.
  private func raced(_ branch: String) throws(ReconcileError) {
    let races = standing.withLock { standing in
      standing.races += 1
      return standing.races
    }
    guard races < Self.mostRaces else { throw .lostRace(branch: branch) }
    pause(after: races)
  }

  // MARK: - Rewritten branches

  /// Refuses a remote branch that no longer has what this host saw on it.
  private func check(
    _ tip: ObjectID?, of branch: String, in clone: borrowing Repository
  ) throws(ReconcileError) {
    guard let known = try reference(CloneReferences.known(branch), clone), known != tip else {
      return
    }
    guard let tip else {
      throw .rewrittenRemote(
        RewrittenRemote(
          branch: branch, url: published.text, known: known, found: nil, isOlder: false,
          clone: folder.path))
    }
    if try isAncestor(known, of: tip, clone) { return }
    throw .rewrittenRemote(
      RewrittenRemote(
        branch: branch, url: published.text, known: known, found: tip,
        isOlder: try isAncestor(tip, of: known, clone), clone: folder.path))
  }

  // MARK: - Steps

  func reference(
    _ name: String, _ clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    try git { () throws(GitError) in try clone.reference(name) }
  }

  func set(
    _ name: String, to id: ObjectID, _ clone: borrowing Repository
  ) throws(ReconcileError) {
    try git { () throws(GitError) in
      if try clone.reference(name) != id { try clone.setReference(name, to: id) }
    }
  }

  func drop(_ name: String, _ clone: borrowing Repository) throws(ReconcileError) {
    try git { () throws(GitError) in
      if try clone.reference(name) != nil { try clone.dropReference(name) }
    }
  }

  func isAncestor(
    _ old: ObjectID, of new: ObjectID, _ clone: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    try git { () throws(GitError) in try clone.isAncestor(old, of: new) == .yes }
  }

  /// The branch has a commit that is still to be pushed: until then only upkeep goes on.
  func wait(for commit: ObjectID, _ reason: ReconcileError? = nil) {
    standing.withLock {
      let why = reason ?? $0.hindrance
      let error = ReconcileError.unpushed(
        UnpushedCommit(
          commit: commit, url: published.text, reason: why?.message ?? "", hint: why?.hint,
          clone: folder.path))
      $0.unpushed = error
      $0.hindrance = error
    }
  }
}
