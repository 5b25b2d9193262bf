import Git
import PKI

/// Judges who signed what is desired and not applied yet.
///
/// Every commit on the line of first parents that changes the desired-state folder must be signed by
/// somebody who may. With rules, every file that differs from what is applied needs signatures of
/// its own: see ``FileSigners``.
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
    var guards: [Guard] = []
    for commit in try changing(range.mainLine, step, in: repository) {
      if case .failure(let refusal) = try verifier.signer(of: commit, in: repository) {
        guards.append(
          .unsignedCommit(
            commit.id, author: "\(commit.author.name) <\(commit.author.email)>",
            subject: String(commit.subject), reason: refusal.reason))
      }
    }
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

  /// The commits that change the folder. When none does, as when an older commit is applied again or
  /// the folder is another one, the commit that brought the folder as it is.
  private func changing(
    _ line: [CommitInfo], _ step: Step, in repository: borrowing Repository
  ) throws(ReconcileError) -> [CommitInfo] {
    var changing: [CommitInfo] = []
    for commit in line where try changes(commit, in: repository) { changing.append(commit) }
    guard changing.isEmpty else { return changing }
    let history = try git { () throws(GitError) in
      try repository.commits(from: nil, to: step.desired.id)
    }
    guard history.cut == nil else { return [step.desired] }
    return try [newestChange(history.mainLine, in: repository) ?? step.desired]
  }

  private func newestChange(
    _ line: [CommitInfo], in repository: borrowing Repository
  ) throws(ReconcileError) -> CommitInfo? {
    for commit in line where try changes(commit, in: repository) { return commit }
    return nil
  }

  private func changes(
    _ commit: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    let now = try repository.folder(path, in: commit.tree)
    guard let parent = commit.parents.first else { return now != nil }
    return try repository.folder(path, of: parent) != now
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
