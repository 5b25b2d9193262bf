package import PKI

extension ObjectWriter {
  /// Adds a tree of another repository with everything below it, for a published branch that lives
  /// apart from the desired state.
  ///
  /// What `target` has already is not copied: its objects came with all that they name. Submodules
  /// name commits of other repositories and are left as they are.
  package mutating func copy(
    tree: ObjectID, from source: borrowing Repository, into target: borrowing Repository
  ) throws(GitError) {
    try copy(tree, from: source, into: target, depth: 0)
  }

  private mutating func copy(
    _ tree: ObjectID, from source: borrowing Repository, into target: borrowing Repository,
    depth: Int
  ) throws(GitError) {
    guard !contains(tree), !target.objects.contains(tree) else { return }
    guard depth <= Repository.deepest else {
      throw .damagedObject(tree, reason: "it is nested too deep")
    }
    for entry in try source.tree(tree).entries {
      switch entry.kind {
      case .folder: try copy(entry.id, from: source, into: target, depth: depth + 1)
      case .submodule: continue
      case .file, .executable, .symlink, .unknown:
        guard !contains(entry.id), !target.objects.contains(entry.id) else { continue }
        try add(source.object(entry.id, as: .blob), as: .blob, id: entry.id)
      }
    }
    // After what it names, so that nothing here is ever half there.
    try add(source.object(tree, as: .tree), as: .tree, id: tree)
  }
}
