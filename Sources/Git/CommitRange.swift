package import PKI

/// The commits that one commit has and another has not, as `git log OLD..NEW` lists them.
package struct CommitRange: Hashable, Sendable {
  /// Every parent comes after all of its children that are in the range.
  package let commits: [CommitInfo]
  /// Where a shallow clone hides more of them.
  package let cut: ObjectID?

  /// The commits on the line of first parents, newest first: what was merged into, not what was
  /// merged.
  package var mainLine: [CommitInfo] {
    let byID = Dictionary(commits.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var line: [CommitInfo] = []
    var next = commits.first
    while let commit = next {
      line.append(commit)
      next = commit.parents.first.flatMap { byID[$0] }
    }
    return line
  }

  /// The oldest commit of the main line that descends from the old commit: mostly its child, else the
  /// merge that took it into another line.
  ///
  /// - Parameter old: what the range begins with.
  package func joining(_ old: ObjectID) -> ObjectID? {
    var descendants: Set<ObjectID> = [old]
    for commit in commits.reversed() where !descendants.isDisjoint(with: commit.parents) {
      descendants.insert(commit.id)
    }
    return mainLine.last { descendants.contains($0.id) }?.id
  }
}

extension Repository {
  /// The commits that can be reached from one commit and not from another one.
  ///
  /// Exact whatever the commits' clocks say, which an attacker chooses: all of the old commit's
  /// history is walked, where git stops at dates that look old enough.
  ///
  /// - Parameter old: nil when nothing is to be left out.
  package func commits(
    from old: ObjectID?, to new: ObjectID
  ) throws(GitError) -> CommitRange {
    let cut = try Repository.cutCommits(in: commonFolder)
    var known: Set<ObjectID> = []
    if let old { known = try ancestors(of: old, cut) }
    var hidden: ObjectID?
    var order: [ObjectID] = []
    // Depth first with an explicit stack: a commit is put down after all its parents were.
    var seen: Set<ObjectID> = []
    var stack: [(id: ObjectID, isDone: Bool)] = [(new, false)]
    while let (id, isDone) = stack.popLast() {
      if isDone {
        order.append(id)
        continue
      }
      guard !known.contains(id), seen.insert(id).inserted else { continue }
      stack.append((id, true))
      if cut.contains(id) {
        hidden = id
        continue
      }
      for parent in try rawCommit(id).parents { stack.append((parent, false)) }
    }
    var commits: [CommitInfo] = []
    for id in order.reversed() { commits.append(try commit(id)) }
    return CommitRange(commits: commits, cut: hidden)
  }

  private func ancestors(
    of id: ObjectID, _ cut: Set<ObjectID>
  ) throws(GitError) -> Set<ObjectID> {
    var seen: Set<ObjectID> = [id]
    var open = [id]
    while let next = open.popLast() {
      guard !cut.contains(next) else { continue }
      for parent in try rawCommit(next).parents where seen.insert(parent).inserted {
        open.append(parent)
      }
    }
    return seen
  }
}
