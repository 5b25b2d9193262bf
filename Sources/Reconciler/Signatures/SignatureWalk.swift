import Git
import PKI

/// Judges who signed what is desired and not applied yet.
///
/// Every commit on the line of first parents that changes the desired-state folder must be signed by
/// somebody who may. So must the merge that takes what was applied last into that line, when it
/// changes that: it has an older state before it, which was signed once and must not return so. Both
/// together leave no step between what is applied and what is desired to nobody.
///
/// With rules, every file that differs from what is applied needs signatures of its own: see
/// ``FileSigners``.
struct SignatureWalk {
  let requirement: SignerRequirement
  /// The desired-state folder.
  let path: String
  private var verifier: CommitVerifier

  init(_ requirement: SignerRequirement, path: String) {
    self.requirement = requirement
    self.path = path
    verifier = CommitVerifier(requirement.allowed)
  }

  /// What is desired and what is applied.
  struct Step {
    let desired: CommitInfo
    let tree: ObjectID
    let appliedTree: ObjectID?
    /// nil before the first apply.
    let appliedCommit: ObjectID?
  }

  /// All faults at once; none when everything is in order, or nothing is new.
  mutating func guards(
    _ step: Step, in repository: borrowing Repository
  ) throws(ReconcileError) -> [Guard] {
    guard step.tree != step.appliedTree else { return [] }
    let last = try known(step.appliedCommit, in: repository)
    let range = try git { () throws(GitError) in
      try repository.commits(from: last, to: step.desired.id)
    }
    if let cut = range.cut { return [.historyCut(at: cut)] }
    let guards = try commitGuards(step, range, last, in: repository)
    guard let rules = requirement.rules else { return guards }
    return try guards + fileGuards(rules, step, range, last, in: repository)
  }

  /// A commit that is no longer there, as after history was rewritten, bounds nothing.
  private func known(
    _ commit: ObjectID?, in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    guard let commit else { return nil }
    let isThere = try git { () throws(GitError) in try repository.contains(commit) }
    return isThere ? commit : nil
  }

  private mutating func commitGuards(
    _ step: Step, _ range: CommitRange, _ last: ObjectID?, in repository: borrowing Repository
  ) throws(ReconcileError) -> [Guard] {
    let line = range.mainLine
    let joining = last.flatMap { range.joining($0) }
    var guards: [Guard] = []
    for commit in line {
      var isChange = try changes(commit, in: repository)
      if !isChange, let last, commit.id == joining {
        isChange = try differs(commit, from: last, in: repository)
      }
      guard isChange, let fault = try fault(of: commit, in: repository) else { continue }
      guards.append(fault)
    }
    guard let last else { return guards }
    let vouched = joining == nil ? nil : try repository.folder(path, of: last)
    guard vouched == nil || vouched != step.appliedTree else { return guards }
    return try guards + olderGuards(line.count, step, in: repository)
  }

  /// What the commit applied last does not vouch for, because another one is gone back to or the
  /// folder is another one, is judged as before the first apply: a signature says who changed
  /// something, and nothing of what somebody else had put beside it.
  ///
  /// One fault says it: history from before signatures were demanded would have very many.
  private mutating func olderGuards(
    _ count: Int, _ step: Step, in repository: borrowing Repository
  ) throws(ReconcileError) -> [Guard] {
    let history = try git { () throws(GitError) in
      try repository.commits(from: nil, to: step.desired.id)
    }
    if let cut = history.cut { return [.historyCut(at: cut)] }
    for commit in history.mainLine.dropFirst(count) where try changes(commit, in: repository) {
      if let fault = try fault(of: commit, in: repository) { return [fault] }
    }
    return []
  }

  private mutating func fault(
    of commit: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> Guard? {
    guard case .failure(let refusal) = try verifier.signer(of: commit, in: repository) else {
      return nil
    }
    return .unsignedCommit(
      commit.id, author: "\(commit.author.name) <\(commit.author.email)>",
      subject: String(commit.subject), reason: refusal.reason)
  }

  /// Whether a commit changes the folder on its own line.
  private func changes(
    _ commit: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    try differs(commit, from: commit.parents.first, in: repository)
  }

  private func differs(
    _ commit: CommitInfo, from other: ObjectID?, in repository: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    let now = try repository.folder(path, in: commit.tree)
    guard let other else { return now != nil }
    return try repository.folder(path, of: other) != now
  }

  private mutating func fileGuards(
    _ rules: SignerRules, _ step: Step, _ range: CommitRange, _ last: ObjectID?,
    in repository: borrowing Repository
  ) throws(ReconcileError) -> [Guard] {
    var range = range
    // An older state was in order once: who signed it then is looked for in all of its history.
    if let last, try isGoingBack(last, step.desired.id, in: repository) {
      range = try git { () throws(GitError) in
        try repository.commits(from: nil, to: step.desired.id)
      }
      if let cut = range.cut { return [.historyCut(at: cut)] }
    }
    var files = try FileSigners(path, from: step.appliedTree, to: step.tree, in: repository)
    let mainLine = Set(range.mainLine.map(\.id))
    for commit in range.commits {
      let paths = try files.brought(
        by: commit, onMainLine: mainLine.contains(commit.id), in: repository)
      guard !paths.isEmpty else { continue }
      if case .success(let signer) = try verifier.signer(of: commit, in: repository) {
        files.add(signer, to: paths)
      }
    }
    return try files.guards(rules, in: repository)
  }

  private func isGoingBack(
    _ last: ObjectID, _ desired: ObjectID, in repository: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    let ancestry = try git { () throws(GitError) -> Ancestry in
      try repository.isAncestor(last, of: desired)
    }
    return ancestry != .yes
  }
}

extension Repository {
  /// The folder's tree in a commit; nil when it has none.
  func folder(_ path: String, of commit: ObjectID) throws(ReconcileError) -> ObjectID? {
    do throws(GitError) {
      return try entry(at: path, in: try self.commit(commit).tree).flatMap {
        $0.kind == .folder ? $0.id : nil
      }
    } catch {
      throw .git(error)
    }
  }

  func folder(_ path: String, in tree: ObjectID) throws(ReconcileError) -> ObjectID? {
    do throws(GitError) {
      guard let entry = try entry(at: path, in: tree), entry.kind == .folder else { return nil }
      return entry.id
    } catch {
      throw .git(error)
    }
  }
}
