package import PKI

/// Whether one commit is an ancestor of another.
package enum Ancestry: Hashable, Sendable {
  case yes
  case no
  /// The history that would tell is not in this shallow clone.
  case unknown
}

extension Repository {
  /// Whether `old` is `new` or one of its ancestors.
  ///
  /// Both histories are walked newest first until all that is left is common to both, as git does,
  /// so the cost is what lies between the commits, not the length of history. A wrong clock in a
  /// commit makes the walk longer, not the answer wrong.
  package func isAncestor(_ old: ObjectID, of new: ObjectID) throws(GitError) -> Ancestry {
    let (old, new) = (try RawID(old), try RawID(new))
    if old == new { return .yes }
    let cut = try Repository.cutCommits(in: commonFolder)
    if !cut.isEmpty, !objects.contains(old) { return .unknown }
    var walk = AncestryWalk()
    walk.reach(old, by: .old, time: try commit(old).committer.time)
    walk.reach(new, by: .new, time: try commit(new).committer.time)
    var incomplete = false
    while let (id, sides) = walk.next() {
      if cut.contains(id) {
        incomplete = incomplete || sides.contains(.new)
        continue
      }
      for parent in try commit(id).parents {
        walk.reach(parent, by: sides, time: try commit(parent).committer.time)
      }
      if walk.sides(of: old).contains(.new) { return .yes }
    }
    return incomplete ? .unknown : .no
  }

  /// The newest commit that changed one file or folder, for naming the cause of a change.
  ///
  /// Walks first parents, so a merged pull request is named by its merge, or by its commit where it
  /// was rebased or squashed. Only ids of tree entries are compared: no file is read.
  ///
  /// - Parameters:
  ///   - start: where to begin; a commit whose tree may or may not have the path.
  ///   - stop: a commit at which to give up, itself not looked into.
  ///   - limit: how many commits to look at.
  /// - Returns: nil when no such commit was found before the end of the walk, or where a shallow
  ///   clone is cut, because that commit only seems to have added everything.
  package func newestChange(
    of path: String, from start: ObjectID, stop: ObjectID? = nil, limit: Int = 10_000
  ) throws(GitError) -> CommitInfo? {
    try newestChanges(of: [path], from: start, stop: stop, limit: limit)[path]
  }

  /// ``newestChange(of:from:stop:limit:)`` for many paths in one walk.
  package func newestChanges(
    of paths: Set<String>, from start: ObjectID, stop: ObjectID? = nil, limit: Int = 10_000
  ) throws(GitError) -> [String: CommitInfo] {
    let cut = try Repository.cutCommits(in: commonFolder)
    let stop = try RawID(optional: stop)
    var found: [String: CommitInfo] = [:]
    var id = try RawID(start)
    var here = try commit(id)
    var open = try ids(of: paths, in: here.tree)
    for _ in 0..<max(limit, 0) {
      if open.isEmpty || id == stop || cut.contains(id) { return found }
      var before: [String: RawID?] = [:]
      var parent: RawCommit?
      if let first = here.parents.first {
        let commit = try commit(first)
        parent = commit
        // Equal trees need no look at paths: most commits of a large repository change others.
        before = commit.tree == here.tree ? open : try ids(of: Set(open.keys), in: commit.tree)
      }
      for (path, now) in open where (before[path] ?? nil) != now {
        found[path] = try self.commit(try id.objectID())
        open[path] = nil
      }
      guard let parent, let next = here.parents.first else { return found }
      (id, here) = (next, parent)
    }
    return found
  }

  /// What a tree has at each path; a path that is not there maps to nil.
  private func ids(
    of paths: Set<String>, in tree: RawID
  ) throws(GitError) -> [String: RawID?] {
    var ids: [String: RawID?] = [:]
    for path in paths { ids.updateValue(try find(path, in: tree)?.id, forKey: path) }
    return ids
  }
}

/// Commits that were reached, from which side, and those still to look at, newest first.
private struct AncestryWalk {
  struct Sides: OptionSet {
    let rawValue: UInt8
    static let old = Sides(rawValue: 1)
    static let new = Sides(rawValue: 2)
    static let both: Sides = [.old, .new]
  }

  private var reached: [RawID: Sides] = [:]
  private var queue = Heap()
  /// How many queued commits were not yet reached from both sides.
  private var undecided = 0

  mutating func reach(_ id: RawID, by sides: Sides, time: Timestamp) {
    let before = reached[id] ?? []
    let after = before.union(sides)
    guard after != before else { return }
    reached[id] = after
    queue.push(Heap.Item(time: time.seconds, id: id, sides: after))
    if after != .both { undecided += 1 }
  }

  func sides(of id: RawID) -> Sides { reached[id] ?? [] }

  /// The newest commit left, with all sides known so far; nil when the rest is common to both.
  mutating func next() -> (RawID, Sides)? {
    while undecided > 0, let item = queue.pop() {
      if item.sides != .both { undecided -= 1 }
      return (item.id, reached[item.id] ?? item.sides)
    }
    return nil
  }
}

/// A binary heap with the newest commit on top.
private struct Heap {
  struct Item {
    let time: Int
    let id: RawID
    let sides: AncestryWalk.Sides
  }

  private var items: [Item] = []

  mutating func push(_ item: Item) {
    items.append(item)
    var child = items.count - 1
    while child > 0, items[(child - 1) / 2].time < items[child].time {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Item? {
    guard let last = items.popLast() else { return nil }
    guard let top = items.first else { return last }
    items[0] = last
    var parent = 0
    while true {
      var newest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < items.count && items[child].time > items[newest].time {
        newest = child
      }
      if newest == parent { return top }
      items.swapAt(parent, newest)
      parent = newest
    }
  }
}
