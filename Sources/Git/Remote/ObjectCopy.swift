import PKI

/// Copies commits with all that they need from one repository to another, as one pack.
enum ObjectCopy {
  /// Copies what the target lacks of some commits and annotated tags. For targets in which every
  /// commit is whole, as in certwright's own clones.
  static func copy(
    _ tips: [ObjectID], from source: borrowing Repository, to target: borrowing Repository
  ) throws(GitError) {
    var copier = Copier()
    var commits: [ObjectID] = []
    for tip in tips {
      guard !target.objects.contains(tip) else { continue }
      if let commit = try copier.tagged(tip, in: source) { commits.append(commit) }
    }
    try copier.addHistory(of: commits, from: source) { id throws(GitError) in
      target.objects.contains(id)
    }
    try target.write(copier.finish())
  }

  /// Copies a commit and its history after `base`, which the target has. An object of the target
  /// that no reference needs counts for nothing: git may be about to remove it.
  static func copy(
    _ tip: ObjectID, after base: ObjectID?, from source: borrowing Repository,
    to target: borrowing Repository
  ) throws(GitError) {
    var copier = Copier()
    guard let base else {
      try copier.addHistory(of: [tip], from: source) { _ throws(GitError) in false }
      try target.write(copier.finish())
      return
    }
    try copier.addHistory(of: [tip], from: source) { id throws(GitError) in
      try source.isAncestor(id, of: base) == .yes
    }
    try target.write(copier.finish())
  }
}

private struct Copier: ~Copyable {
  private var writer: ObjectWriter

  init() { writer = ObjectWriter() }

  consuming func finish() -> ObjectWriter { writer }

  /// Adds annotated tags until a commit is reached; nil when they name something else.
  mutating func tagged(
    _ start: ObjectID, in source: borrowing Repository
  ) throws(GitError) -> ObjectID? {
    var id = start
    while true {
      guard let object = try source.objects.object(id) else { throw try source.missing(id) }
      guard object.kind == .tag else { return object.kind == .commit ? id : nil }
      try writer.add(object.bytes, as: .tag, id: id)
      let line = object.bytes.prefix { $0 != UInt8(ascii: "\n") }
      guard line.starts(with: "object ".utf8),
        let digits = Hex.decode(String(decoding: line.dropFirst(7), as: UTF8.self)),
        let next = ObjectID(digits)
      else { throw .damagedObject(id, reason: "the tag names no object") }
      id = next
    }
  }

  /// Adds commits, parents before children, so that each needs only what its first parent lacks.
  mutating func addHistory(
    of tips: [ObjectID], from source: borrowing Repository,
    unless isThere: (ObjectID) throws(GitError) -> Bool
  ) throws(GitError) {
    var seen: Set<ObjectID> = []
    var open: [(id: ObjectID, isDone: Bool)] = tips.map { ($0, false) }
    while let (id, isDone) = open.popLast() {
      if isDone {
        try addCommit(id, from: source)
        continue
      }
      guard seen.insert(id).inserted, try !isThere(id) else { continue }
      open.append((id, true))
      for parent in try source.rawCommit(id).parents { open.append((parent, false)) }
    }
  }

  private mutating func addCommit(
    _ id: ObjectID, from source: borrowing Repository
  ) throws(GitError) {
    let commit = try source.rawCommit(id)
    var base: ObjectID?
    if let parent = commit.parents.first { base = try source.rawCommit(parent).tree }
    try addTree(commit.tree, after: base, depth: 0, from: source)
    try writer.add(try source.object(id, as: .commit), as: .commit, id: id)
  }

  private mutating func addTree(
    _ id: ObjectID, after base: ObjectID?, depth: Int, from source: borrowing Repository
  ) throws(GitError) {
    guard id != base, !writer.contains(id), depth < Repository.deepest else { return }
    var before: [String: RawTree.Entry] = [:]
    if let base {
      for entry in try source.tree(base).entries { before[entry.name] = entry }
    }
    for entry in try source.tree(id).entries where before[entry.name]?.id != entry.id {
      switch entry.kind {
      case .folder:
        let old = before[entry.name].flatMap { $0.isFolder ? $0.id : nil }
        try addTree(entry.id, after: old, depth: depth + 1, from: source)
      case .submodule: continue
      case .file, .executable, .symlink, .unknown:
        guard !writer.contains(entry.id) else { continue }
        try writer.add(try source.object(entry.id, as: .blob), as: .blob, id: entry.id)
      }
    }
    try writer.add(try source.object(id, as: .tree), as: .tree, id: id)
  }
}
