package import PKI

extension Repository {
  /// Nobody nests folders deeper; recursion and path lengths are bounded by it.
  static let deepest = 128

  /// Every file below a folder of a tree, recursively, sorted by the bytes of its path.
  ///
  /// - Parameters:
  ///   - path: the folder below the tree, empty for the tree itself.
  ///   - limit: more files than this are an error: a few small trees can name billions.
  /// - Returns: nil when there is nothing at `path`.
  package func files(
    below path: String = "", in tree: ObjectID, limit: Int = 10_000_000
  ) throws(GitError) -> TreeListing? {
    guard let folder = try folder(at: path, in: tree) else { return nil }
    var listing = TreeListing()
    try list(folder, below: "", depth: 0, limit: limit, into: &listing)
    // An unsorted tree inside leaves the whole out of order, too.
    if listing.problems.contains(where: { $0.kind == .unsorted }) {
      listing.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
    return listing
  }

  private func list(
    _ id: ObjectID, below prefix: String, depth: Int, limit: Int, into listing: inout TreeListing
  ) throws(GitError) {
    let tree = try tree(id)
    for problem in tree.problems {
      listing.problems.append(TreeProblem(path: prefix + problem.path, kind: problem.kind))
    }
    for entry in tree.entries {
      let path = prefix + entry.name
      switch entry.kind {
      case .file, .executable:
        guard listing.files.count < limit else { throw .tooManyFiles(limit: limit) }
        listing.files.append(TreeFile(path: path, id: entry.id))
      case .folder where depth < Repository.deepest:
        try list(entry.id, below: path + "/", depth: depth + 1, limit: limit, into: &listing)
      case .folder: listing.problems.append(TreeProblem(path: path, kind: .tooDeep))
      case .symlink: listing.problems.append(TreeProblem(path: path, kind: .symlink))
      case .submodule: listing.problems.append(TreeProblem(path: path, kind: .submodule))
      case .unknown(let mode):
        listing.problems.append(TreeProblem(path: path, kind: .unknownMode(mode)))
      }
      guard listing.problems.count < limit else { throw .tooManyFiles(limit: limit) }
    }
  }

  /// One level of a tree, in git's order, with entries of every kind.
  package func children(
    of tree: ObjectID
  ) throws(GitError) -> (entries: [TreeEntry], problems: [TreeProblem]) {
    let raw = try self.tree(tree)
    var entries: [TreeEntry] = []
    entries.reserveCapacity(raw.entries.count)
    for entry in raw.entries { entries.append(try TreeEntry(entry)) }
    return (entries, raw.problems)
  }

  /// What a tree holds at a path of one or more segments; nil when there is nothing.
  package func entry(at path: String, in tree: ObjectID) throws(GitError) -> TreeEntry? {
    guard let found = try find(path, in: tree) else { return nil }
    return try TreeEntry(found)
  }

  /// The id of the folder at a path; nil when there is nothing.
  func folder(at path: String, in tree: ObjectID) throws(GitError) -> ObjectID? {
    guard let found = try find(path, in: tree) else { return nil }
    guard found.isFolder else { throw .notAFolder(path: path) }
    return found.id
  }

  /// Walks down one segment at a time. Slashes at both ends are forgiven: people write them.
  func find(_ path: String, in root: ObjectID) throws(GitError) -> RawTree.Entry? {
    var here = RawTree.Entry(name: "", mode: 0o40000, id: root)
    for segment in path.split(separator: "/") {
      guard here.isFolder, let next = try tree(here.id).entry(named: segment) else { return nil }
      here = next
    }
    return here
  }

  /// A tree that must be there.
  func tree(_ id: ObjectID) throws(GitError) -> RawTree {
    // git knows the empty tree without storing it.
    if id == RawTree.emptyID { return RawTree() }
    let bytes = try object(id, as: .tree)
    do throws(RawTree.Damage) {
      return try RawTree(bytes)
    } catch {
      throw .damagedObject(id, reason: error.reason)
    }
  }
}

extension TreeEntry {
  init(_ entry: RawTree.Entry) throws(GitError) {
    self.init(name: entry.name, kind: entry.kind, id: entry.id)
  }

  init?(optional entry: RawTree.Entry?) throws(GitError) {
    guard let entry else { return nil }
    try self.init(entry)
  }
}

extension RawTree {
  static let emptyID = ObjectID(
    Hex.decode("4b825dc642cb6eb9a060e54bf8d69288fbee4904") ?? [])
}
