import Git
import PKI
import YAML

/// The files of desired state that can decide over a small change, found step by step: what changed
/// or is due, what every plan needs, and whatever these name or share something with.
struct Selection {
  private let index: SettledIndex
  /// The trees last applied and to be applied.
  private let settled: ObjectID
  private let tree: ObjectID
  private let changed: Set<String>
  private var read: [String: Pair] = [:]
  private(set) var pending: Set<String>
  private var requests: [String: Result<CertificationRequest, RequestProblem>] = [:]
  private var formerRequests: [String: Result<CertificationRequest, RequestProblem>] = [:]

  /// A file as it is and as it was.
  fileprivate struct Pair {
    let new: SourceFile?
    let old: SourceFile?
  }

  /// Both states, as far as they were read.
  struct States {
    let desired: DesiredState
    let lastApplied: DesiredState

    /// Everybody whose certificates can matter.
    var names: Set<Name> {
      var names: Set<Name> = []
      for state in [desired, lastApplied] {
        names.formUnion(state.authorities.keys)
        names.formUnion(state.identities.keys)
        names.formUnion(state.identities.values.compactMap(\.renamedFrom))
        names.formUnion(state.revocations.flatMap(\.names))
      }
      return names
    }
  }

  init(
    index: SettledIndex, settled: ObjectID, tree: ObjectID, changed: Set<String>,
    dueAt now: Timestamp
  ) {
    self.index = index
    self.settled = settled
    self.tree = tree
    self.changed = changed
    pending = Set(index.commonFiles).union(index.filesDue(at: now))
    for path in changed {
      if DesiredSource.isDocument(path) { pending.insert(path) }
      pending.formUnion(index.files(requesting: path))
    }
  }

  // MARK: - Reading

  /// Reads what was found, and finds what it names.
  ///
  /// - Returns: false when a file has to be read together with all others.
  mutating func readPending(in repository: borrowing Repository) throws(ReconcileError) -> Bool {
    while !pending.isEmpty {
      let paths = pending.sorted()
      pending = []
      for path in paths {
        guard let pair = try pair(path, in: repository) else { return false }
        if changed.contains(path), !pair.isSmallChange { return false }
        read[path] = pair
        for text in pair.texts { find(index.files(naming: text)) }
      }
    }
    let (new, old) = try git { () throws(GitError) in
      (
        try requests(of: read.values.compactMap(\.new), in: tree, repository),
        try requests(of: read.values.compactMap(\.old), in: settled, repository)
      )
    }
    (requests, formerRequests) = (new, old)
    return true
  }

  private mutating func find(_ files: [String]) {
    for file in files where read[file] == nil { pending.insert(file) }
  }

  private func pair(
    _ path: String, in repository: borrowing Repository
  ) throws(ReconcileError) -> Pair? {
    guard let old = try file(path, in: settled, repository) else { return nil }
    guard changed.contains(path) else { return Pair(new: old.source, old: old.source) }
    return try file(path, in: tree, repository).map { Pair(new: $0.source, old: old.source) }
  }

  /// A file that may be absent; nil when there is something wrong with it.
  private struct Found { let source: SourceFile? }

  private func file(
    _ path: String, in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> Found? {
    try git { () throws(GitError) -> Found? in
      guard let entry = try repository.entry(at: path, in: tree) else { return Found(source: nil) }
      let document = try DesiredSource.document(TreeFile(path: path, id: entry.id)) {
        file, limit throws(GitError) in
        try repository.blob(file.id, limit: limit)
      }
      guard case .source(let source) = document else { return nil }
      return Found(source: source)
    }
  }

  private func requests(
    of sources: [SourceFile], in tree: ObjectID, _ repository: borrowing Repository
  ) throws(GitError) -> [String: Result<CertificationRequest, RequestProblem>] {
    var listing = TreeListing()
    for path in DesiredState.requestPaths(in: sources) {
      guard let entry = try repository.entry(at: path, in: tree) else { continue }
      listing.files.append(TreeFile(path: path, id: entry.id))
    }
    return try DesiredSource.requests(for: sources, in: listing) {
      file, limit throws(GitError) in
      try repository.blob(file.id, limit: limit)
    }
  }

  // MARK: - What it comes to

  /// nil when there is something to find fault with, which must be found with everything in sight.
  var states: States? {
    let new = DesiredState.decode(read.values.compactMap(\.new), requests: requests)
    let old = DesiredState.decode(read.values.compactMap(\.old), requests: formerRequests)
    guard let desired = new.state, let lastApplied = old.state else { return nil }
    return States(desired: desired, lastApplied: lastApplied)
  }

  /// The files that declare something else than identities.
  var commonFiles: Set<String> {
    Set(read.values.compactMap(\.new).filter { !$0.declaresIdentitiesAlone }.map(\.path))
  }

  /// Finds the files of whoever has, or has claims like, somebody that was read.
  mutating func include(_ states: States, owners: [Name]) {
    for identity in states.desired.identities.values {
      for claim in identity.claims { find(index.files(claiming: claim)) }
    }
    for owner in owners
    where states.desired.identities[owner] == nil && states.desired.authorities[owner] == nil {
      find(index.files(naming: owner.text))
    }
  }
}

extension Selection.Pair {
  /// Whether the change is one of identities, or of revocations by name: everything else may concern
  /// anybody.
  fileprivate var isSmallChange: Bool {
    [new, old].compactMap(\.self).flatMap(\.documents).allSatisfy { document in
      guard let kind = document.documentKind else { return false }
      if Identity.Kind.allCases.contains(where: { $0.rawValue == kind }) { return true }
      return kind == "Revocation" && !document.hasKey("authority") && !document.hasKey("serial")
    }
  }

  /// Every text that may be somebody's name.
  fileprivate var texts: Set<String> {
    var texts: Set<String> = []
    for document in [new, old].compactMap(\.self).flatMap(\.documents) {
      document.collectTexts(into: &texts)
    }
    return texts
  }
}

extension Node {
  fileprivate func hasKey(_ key: String) -> Bool {
    guard case .mapping(let entries, _) = self else { return false }
    return entries.contains { $0.key.text == key }
  }

  fileprivate func collectTexts(into texts: inout Set<String>) {
    switch self {
    case .scalar(let scalar): texts.insert(scalar.text)
    case .sequence(let nodes, _): for node in nodes { node.collectTexts(into: &texts) }
    case .mapping(let entries, _):
      for entry in entries { entry.value.collectTexts(into: &texts) }
    }
  }
}

extension Revocation {
  fileprivate var names: [Name] {
    switch target {
    case .identity(let name), .identityIssuedBefore(let name, _), .authority(let name): [name]
    case .certificate(let issuer, _): [issuer, identity].compactMap(\.self)
    }
  }
}
