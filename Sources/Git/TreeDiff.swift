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

  package init(path: String, before: TreeEntry?, after: TreeEntry?) {
    self.path = path
    self.before = before
    self.after = after
  }

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
    try compare(old, new, below: "", depth: 0, limit: limit, into: &changes)
    return changes
  }

  private func compare(
    _ old: ObjectID?, _ new: ObjectID?, below prefix: String, depth: Int, limit: Int,
    into changes: inout [TreeChange]
  ) throws(GitError) {
    guard old != new else { return }
    guard depth <= Repository.deepest else {
      throw .invalidName(prefix, reason: "is nested too deep")
    }
    var left = try entries(of: old)[...]
    var right = try entries(of: new)[...]
    while let pair = TreePair(takingFrom: &left, &right) {
      try compare(pair, below: prefix, depth: depth, limit: limit, into: &changes)
    }
  }

  private func entries(of id: ObjectID?) throws(GitError) -> [RawTree.Entry] {
    guard let id else { return [] }
    return try tree(id).entries
  }

  private func compare(
    _ pair: TreePair, below prefix: String, depth: Int, limit: Int,
    into changes: inout [TreeChange]
  ) throws(GitError) {
    let path = prefix + pair.name
    guard !pair.isFolder else {
      return try compare(
        pair.before?.id, pair.after?.id, below: path + "/", depth: depth + 1, limit: limit,
        into: &changes)
    }
    guard !pair.isEqual else { return }
    guard changes.count < limit else { throw .tooManyFiles(limit: limit) }
    let before = try TreeEntry(optional: pair.before)
    let after = try TreeEntry(optional: pair.after)
    changes.append(TreeChange(path: path, before: before, after: after))
  }
}

/// The entries of two trees that stand at one place in git's order; one may be absent.
private struct TreePair {
  let before: RawTree.Entry?
  let after: RawTree.Entry?

  /// Takes the next entry in order from either or both sides; nil when both are used up.
  init?(takingFrom left: inout ArraySlice<RawTree.Entry>, _ right: inout ArraySlice<RawTree.Entry>)
  {
    switch (left.first, right.first) {
    case (nil, nil): return nil
    case (let a?, nil): (before, after) = (a, nil)
    case (nil, let b?): (before, after) = (nil, b)
    case (let a?, let b?):
      before = RawTree.precedes(b, a) ? nil : a
      after = RawTree.precedes(a, b) ? nil : b
    }
    left = left.dropFirst(before == nil ? 0 : 1)
    right = right.dropFirst(after == nil ? 0 : 1)
  }

  var name: String { (after ?? before)?.name ?? "" }
  var isFolder: Bool { (after ?? before)?.isFolder ?? false }

  var isEqual: Bool { before?.id == after?.id && before?.mode == after?.mode }
}
