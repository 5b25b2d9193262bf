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
    if old == new { return .yes }
    let cut = try Repository.cutCommits(in: commonFolder)
    if !cut.isEmpty, !objects.contains(old) { return .unknown }
    var walk = AncestryWalk()
    walk.reach(old, by: .old, time: try rawCommit(old).committer.time)
    walk.reach(new, by: .new, time: try rawCommit(new).committer.time)
    var incomplete = false
    while let (id, sides) = walk.next() {
      if cut.contains(id) {
        incomplete = incomplete || sides.contains(.new)
        continue
      }
      for parent in try rawCommit(id).parents {
        walk.reach(parent, by: sides, time: try rawCommit(parent).committer.time)
      }
      if walk.sides(of: old).contains(.new) { return .yes }
    }
    return incomplete ? .unknown : .no
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

  private var reached: [ObjectID: Sides] = [:]
  private var queue = Heap()
  /// How many queued commits were not yet reached from both sides.
  private var undecided = 0

  mutating func reach(_ id: ObjectID, by sides: Sides, time: Timestamp) {
    let before = reached[id] ?? []
    let after = before.union(sides)
    guard after != before else { return }
    reached[id] = after
    queue.push(Heap.Item(time: time.seconds, id: id, sides: after))
    if after != .both { undecided += 1 }
  }

  func sides(of id: ObjectID) -> Sides { reached[id] ?? [] }

  /// The newest commit left, with all sides known so far; nil when the rest is common to both.
  mutating func next() -> (ObjectID, Sides)? {
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
    let id: ObjectID
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
