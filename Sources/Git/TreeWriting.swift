package import PKI
import Parallel

extension ObjectWriter {
  /// Makes the tree that `base` becomes with some paths removed and others set, and returns its id.
  ///
  /// Removal comes first, so a folder can be removed and filled anew in one step. Folders that end
  /// up empty vanish. Only what differs from `base` is added to the writer; it is added even where
  /// the repository has such an object already, because an object that nothing refers to may be
  /// pruned by git before our reference names it.
  ///
  /// - Parameters:
  ///   - base: nil for an empty tree.
  ///   - changes: what the tree shall hold, by path.
  ///   - removals: files, or folders with all that is in them; absent ones are ignored.
  /// - Throws: ``GitError/invalidName(_:reason:)`` for a path that git would refuse, and for one
  ///   that is both a file and a folder; ``GitError/missingObject(_:hint:)`` when a change names
  ///   an object that neither the repository nor the writer has.
  package mutating func tree(
    from base: ObjectID?, setting changes: [String: TreeContent],
    removing removals: Set<String> = [], in repository: borrowing Repository
  ) throws(GitError) -> ObjectID {
    var edits: [TreeEdit] = []
    edits.reserveCapacity(changes.count + removals.count)
    for (path, content) in changes { edits.append(try TreeEdit(path, content)) }
    for path in removals { edits.append(try TreeEdit(path, nil)) }
    edits.sort(by: TreeEdit.precedes)
    Self.hash(&edits)
    if let root = try rebuild(base, edits[...], depth: 0, in: repository) { return root }
    return try add([], as: .tree)
  }

  private static func hash(_ edits: inout [TreeEdit]) {
    let unhashed = edits
    let ids = Workers.map(unhashed.count) { range in unhashed[range].map(\.blobID) }
    for (index, id) in ids.enumerated() { edits[index].id = id }
  }

  /// The folder that `base` becomes; nil when nothing is left in it.
  private mutating func rebuild(
    _ base: ObjectID?, _ edits: ArraySlice<TreeEdit>, depth: Int,
    in repository: borrowing Repository
  ) throws(GitError) -> ObjectID? {
    var old: [RawTree.Entry] = []
    if let base { old = try repository.tree(base).entries }
    var entries = Dictionary(old.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var rest = edits
    while let first = rest.first {
      let name = first.segment(depth)
      let end = rest.firstIndex { $0.segment(depth) != name } ?? rest.endIndex
      entries[String(name)] = try entry(
        String(name), replacing: entries[String(name)], rest[..<end], depth: depth, in: repository)
      rest = rest[end...]
    }
    guard !entries.isEmpty else { return nil }
    let bytes = RawTree.bytes(entries.values.sorted(by: RawTree.precedes))
    let id = ObjectID(hashing: bytes, as: .tree)
    if id != base { try add(bytes, as: .tree, id: id) }
    return id
  }

  /// What one name becomes. `edits` are all that begin with it, the name itself first.
  private mutating func entry(
    _ name: String, replacing old: RawTree.Entry?, _ edits: ArraySlice<TreeEdit>, depth: Int,
    in repository: borrowing Repository
  ) throws(GitError) -> RawTree.Entry? {
    var (old, rest) = (old, edits)
    while let edit = rest.first, edit.segments.count == depth + 1 {
      rest = rest.dropFirst()
      guard let content = edit.content else {
        old = nil
        continue
      }
      // Removals inside what is set anyway have nothing to remove.
      if let other = rest.first(where: { $0.content != nil }) {
        throw .invalidName(other.path, reason: "lies below \"\(edit.path)\", which is set as well")
      }
      return try entry(name, replacing: old, content, edit.id, in: repository)
    }
    guard !rest.isEmpty else { return old }
    let folder = old.flatMap { $0.isFolder ? $0.id : nil }
    guard rest.contains(where: { $0.content != nil }) || folder != nil else { return old }
    let id = try rebuild(folder, rest, depth: depth + 1, in: repository)
    return id.map { RawTree.Entry(name: name, mode: 0o40000, id: $0) }
  }

  private mutating func entry(
    _ name: String, replacing old: RawTree.Entry?, _ content: TreeContent,
    _ hashed: ObjectID?, in repository: borrowing Repository
  ) throws(GitError) -> RawTree.Entry? {
    switch content {
    case .bytes(let bytes):
      let id = hashed ?? ObjectID(hashing: bytes, as: .blob)
      if old?.id != id { try add(bytes, as: .blob, id: id) }
      return RawTree.Entry(name: name, mode: 0o100644, id: id)
    case .shared(let content):
      if old?.id != content.id { try add(content.bytes, as: .blob, id: content.id) }
      return RawTree.Entry(name: name, mode: 0o100644, id: content.id)
    case .blob(let id):
      if old?.id != id { try require(id, .blob, in: repository) }
      return RawTree.Entry(name: name, mode: 0o100644, id: id)
    case .tree(let id):
      if id == RawTree.emptyID { return nil }
      if old?.id != id { try require(id, .tree, in: repository) }
      return RawTree.Entry(name: name, mode: 0o40000, id: id)
    }
  }

  private func require(
    _ id: ObjectID, _ kind: ObjectKind, in repository: borrowing Repository
  ) throws(GitError) {
    if contains(id) { return }
    guard let header = try repository.objects.header(id) else { throw try repository.missing(id) }
    guard header.kind == kind else {
      throw .damagedObject(id, reason: "it is a \(header.kind.name), not a \(kind.name)")
    }
  }
}

/// One path to set or, without content, to remove.
private struct TreeEdit {
  let path: String
  let segments: [Substring]
  let content: TreeContent?
  /// The id of the content's bytes, once they are hashed.
  var id: ObjectID?

  init(_ path: String, _ content: TreeContent?) throws(GitError) {
    self.path = path
    self.content = content
    segments = path.split(separator: "/", omittingEmptySubsequences: false)
    guard segments.count <= Repository.deepest else {
      throw .invalidName(path, reason: "is nested too deep")
    }
    for segment in segments {
      if let reason = PathName.problem(in: segment.utf8) {
        throw .invalidName(path, reason: reason)
      }
    }
  }

  var blobID: ObjectID? {
    guard case .bytes(let bytes) = content else { return nil }
    return ObjectID(hashing: bytes, as: .blob)
  }

  /// The segment at a depth that the path is known to have.
  func segment(_ depth: Int) -> Substring {
    depth < segments.count ? segments[depth] : ""
  }

  /// Segment by segment, so that everything below a folder stands together behind the folder
  /// itself; a removal before a setting of the same path.
  static func precedes(_ left: TreeEdit, _ right: TreeEdit) -> Bool {
    for (a, b) in zip(left.segments, right.segments) where a != b {
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    }
    if left.segments.count != right.segments.count {
      return left.segments.count < right.segments.count
    }
    return left.content == nil && right.content != nil
  }
}

extension RawTree {
  /// The tree object with these entries, which must be in git's order.
  static func bytes(_ entries: [Entry]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 64)
    for entry in entries {
      bytes += Array(String(entry.mode, radix: 8).utf8)
      bytes.append(UInt8(ascii: " "))
      bytes += Array(entry.name.utf8)
      bytes.append(0)
      entry.id.append(to: &bytes)
    }
    return bytes
  }
}

extension Repository {
  /// Writes what a writer gathered as one pack; durable when this returns. An empty writer writes
  /// nothing.
  package func write(_ writer: consuming ObjectWriter) throws(GitError) {
    let pack = try writer.finish()
    guard !pack.entries.isEmpty else { return }
    try PackFolder(path: commonFolder + "/objects/pack").write(pack)
    try objects.refresh()
  }
}
