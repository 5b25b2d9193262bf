package import PKI

extension Repository {
  /// The newest commit that changed each of some files, for naming the cause of a change.
  ///
  /// Walks first parents. Where a merge brought a file, the commit on the merged line that changed
  /// it is named: whoever merges is not the author. What a merge made of a file itself, unlike all
  /// of its parents, is the merge's. Trees are compared, folders with equal ids are not read, and
  /// no file is.
  ///
  /// - Parameters:
  ///   - files: paths below the folder.
  ///   - start: where to begin; a commit whose tree may or may not have the files.
  ///   - stop: a commit at which to give up, itself not looked into.
  ///   - limit: how many commits to look at.
  /// - Returns: the commits that were found; not those of files whose last change lies behind the
  ///   end of the walk, or where a shallow clone is cut, because the commit there only seems to
  ///   have added everything.
  package func newestChanges(
    ofFiles files: Set<String>, below folder: String = "", from start: ObjectID,
    stop: ObjectID? = nil, limit: Int = 1_000
  ) throws(GitError) -> [String: CommitInfo] {
    var walk = CauseWalk(
      folder: folder, stop: stop,
      cut: try Repository.cutCommits(in: commonFolder), left: limit)
    try follow(files, from: start, depth: 0, &walk)
    var commits: [ObjectID: CommitInfo] = [:]
    for id in Set(walk.found.values) { commits[id] = try commit(id) }
    return walk.found.compactMapValues { commits[$0] }
  }

  private func follow(
    _ files: Set<String>, from start: ObjectID, depth: Int, _ walk: inout CauseWalk
  ) throws(GitError) {
    var open = files
    var id = start
    var here = try rawCommit(id)
    while !open.isEmpty, walk.enter(id) {
      var parent: RawCommit?
      if let first = here.parents.first { parent = try rawCommit(first) }
      let changed = open.intersection(try changedFiles(from: parent, to: here, walk))
      if !changed.isEmpty {
        try attribute(changed, to: id, here, depth: depth, &walk)
        open.subtract(changed)
      }
      guard let parent, let next = here.parents.first else { return }
      (id, here) = (next, parent)
    }
  }

  /// Names the commit for the files, or for a merge the commits that it brought.
  private func attribute(
    _ files: Set<String>, to id: ObjectID, _ commit: RawCommit, depth: Int, _ walk: inout CauseWalk
  ) throws(GitError) {
    for parent in commit.parents.dropFirst() where depth < CauseWalk.deepest {
      let brought = files.subtracting(
        try changedFiles(from: try self.rawCommit(parent), to: commit, walk))
      try follow(brought, from: parent, depth: depth + 1, &walk)
    }
    for file in files {
      // A merge that restores what its first line has had before is a cause of its own.
      guard let earlier = walk.found[file], let mainline = commit.parents.first,
        try !walk.isOlder(earlier, than: mainline, in: self)
      else {
        walk.found[file] = id
        continue
      }
    }
  }

  private func changedFiles(
    from old: RawCommit?, to new: RawCommit, _ walk: CauseWalk
  ) throws(GitError) -> Set<String> {
    guard old?.tree != new.tree else { return [] }
    let before = try folder(walk.folder, of: old)
    let after = try folder(walk.folder, of: new)
    return Set(try changes(from: before, to: after).map(\.path))
  }

  private func folder(_ path: String, of commit: RawCommit?) throws(GitError) -> ObjectID? {
    guard let commit, let found = try find(path, in: commit.tree), found.isFolder else {
      return nil
    }
    return found.id
  }
}

/// What a search for causes has found so far and how far it may still go.
private struct CauseWalk {
  /// Merges of merges of merges: nobody nests them deeper.
  static let deepest = 16

  let folder: String
  let stop: ObjectID?
  let cut: Set<ObjectID>
  var left: Int
  var found: [String: ObjectID] = [:]
  private var ages: [Pair: Bool] = [:]

  private struct Pair: Hashable {
    let old: ObjectID
    let new: ObjectID
  }

  init(folder: String, stop: ObjectID?, cut: Set<ObjectID>, left: Int) {
    self.folder = folder
    self.stop = stop
    self.cut = cut
    self.left = left
  }

  /// Whether the walk looks into a commit.
  mutating func enter(_ id: ObjectID) -> Bool {
    guard left > 0, id != stop, !cut.contains(id) else { return false }
    left -= 1
    return true
  }

  mutating func isOlder(
    _ old: ObjectID, than new: ObjectID, in repository: borrowing Repository
  ) throws(GitError) -> Bool {
    if let known = ages[Pair(old: old, new: new)] { return known }
    let answer = try repository.isAncestor(old, of: new) == .yes
    ages[Pair(old: old, new: new)] = answer
    return answer
  }
}
