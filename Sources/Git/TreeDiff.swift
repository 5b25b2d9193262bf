package import PKI

/// One path at which two trees differ. Folders do not appear, only what is in them.
package struct TreeChange: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case added, changed, removed
  }

  package let path: String
  /// The entry in the old tree; nil when it was added.
  package let before: TreeEntry?
  /// The entry in the new tree; nil when it was removed.
  package let after: TreeEntry?

  package var kind: Kind {
    before == nil ? .added : after == nil ? .removed : .changed
  }
}

extension Repository {
  /// What differs between two trees, in the order of the bytes of the paths; nil is an empty tree.
  ///
  /// Folders with equal ids are not read: ten changes among a million files cost ten paths.
  /// libgit2's own diff expands every folder.
  package func changes(
    from old: ObjectID?, to new: ObjectID?, limit: Int = 10_000_000
  ) throws(GitError) -> [TreeChange] {
    var changes: [TreeChange] = []
    try compare(
      try old.map(RawID.init), try new.map(RawID.init), below: "", depth: 0, limit: limit,
      into: &changes)
    return changes
  }

  private func compare(
    _ old: RawID?, _ new: RawID?, below prefix: String, depth: Int, limit: Int,
    into changes: inout [TreeChange]
  ) throws(GitError) {
    guard old != new else { return }
    guard depth <= Repository.deepest else { throw .invalidName(prefix, reason: "is too deep") }
    let left = try old.map(tree)?.entries ?? []
    let right = try new.map(tree)?.entries ?? []
    var (i, j) = (0, 0)
    while i < left.count || j < right.count {
      let before = i < left.count ? left[i] : nil
      let after = j < right.count ? right[j] : nil
      // The smaller name is alone on its side.
      let beforeFirst = before.map { a in after.map { !RawTree.precedes($0, a) } ?? true } ?? false
      let afterFirst = after.map { b in before.map { !RawTree.precedes($0, b) } ?? true } ?? false
      if beforeFirst { i += 1 }
      if afterFirst { j += 1 }
      try compare(
        beforeFirst ? before : nil, afterFirst ? after : nil, below: prefix, depth: depth,
        limit: limit, into: &changes)
    }
  }

  private func compare(
    _ before: RawTree.Entry?, _ after: RawTree.Entry?, below prefix: String, depth: Int,
    limit: Int, into changes: inout [TreeChange]
  ) throws(GitError) {
    guard let entry = after ?? before else { return }
    let path = prefix + entry.name
    guard !entry.isFolder else {
      return try compare(
        before?.id, after?.id, below: path + "/", depth: depth + 1, limit: limit, into: &changes)
    }
    if let before, let after, before.id == after.id, before.mode == after.mode { return }
    guard changes.count < limit else { throw .tooManyFiles(limit: limit) }
    changes.append(
      TreeChange(
        path: path, before: try before.map(TreeEntry.init), after: try after.map(TreeEntry.init)))
  }
}
