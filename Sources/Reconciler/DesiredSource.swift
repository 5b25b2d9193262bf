package import Git
package import PKI
import YAML

/// Desired state as it was found: where, and what it says or what is wrong with it.
package struct DesiredSource: Sendable {
  /// nil when it was read from the work tree.
  package let commit: CommitInfo?
  /// The folder's tree; nil when it was read from the work tree.
  package let tree: ObjectID?
  package let decoded: Decoded
  /// The published branch that the settings name, also when other documents are wrong.
  package let publishBranch: String?
  /// What judged it besides its own policies.
  package let policiesInForce: PoliciesInForce?
  /// How many files the folder has, and which of them declare something else than identities.
  let files: FileSummary

  package struct FileSummary: Sendable {
    var count = 0
    var common: Set<String> = []
  }

  init(
    commit: CommitInfo?, tree: ObjectID?, decoded: Decoded, publishBranch: String?,
    policiesInForce: PoliciesInForce? = nil, files: FileSummary = FileSummary()
  ) {
    self.files = files
    self.commit = commit
    self.tree = tree
    self.decoded = decoded
    self.publishBranch = publishBranch
    self.policiesInForce = policiesInForce
  }

  /// The state.
  ///
  /// - Throws: ``ReconcileError/findings(_:)``.
  package func state() throws(ReconcileError) -> DesiredState {
    switch decoded {
    case .state(let state): return state
    case .findings(let findings): throw .findings(findings)
    }
  }
}

extension DesiredSource {
  /// Larger files are not read: a request is a few kilobytes, a file of identities at most this.
  private static let requestLimit = 1 << 16

  /// Reads the folder of a commit.
  ///
  /// - Parameter base: a revision whose policies judge it, too.
  package static func commit(
    _ revision: String, path: String, base: String? = nil, in repository: borrowing Repository
  ) throws(ReconcileError) -> DesiredSource {
    let inForce = try policiesInForce(of: base, path: path, in: repository)
    do throws(GitError) {
      let commit = try repository.resolve(revision)
      guard let entry = try repository.entry(at: path, in: commit.tree), entry.kind == .folder
      else {
        throw .notAFolder(path: path)
      }
      let reading = try read(tree: entry.id, judgedBy: inForce, in: repository)
      return DesiredSource(
        commit: commit, tree: entry.id, decoded: reading.decoded,
        publishBranch: reading.publishBranch, policiesInForce: inForce, files: reading.files)
    } catch .notAFolder {
      throw .noDesiredState(path: path, revision: revision)
    } catch {
      throw .git(error)
    }
  }

  /// Reads the folder of the work tree, for people who are still editing.
  package static func workTree(
    path: String, base: String? = nil, in repository: borrowing Repository
  ) throws(ReconcileError) -> DesiredSource {
    let inForce = try policiesInForce(of: base, path: path, in: repository)
    guard let root = repository.workFolder else {
      throw .invalid("a bare repository has no work tree", hint: "leave --worktree out")
    }
    let tree = WorkTree(folder: path.hasPrefix("/") ? path : "\(root)/\(path)")
    do throws(GitError) {
      guard let snapshot = try tree.files(limit: YAMLReader.sizeLimit) else {
        throw .notAFolder(path: path)
      }
      let reading = try read(snapshot.listing, judgedBy: inForce) { file, _ in
        snapshot.blobs[file.id] ?? []
      }
      return DesiredSource(
        commit: nil, tree: nil, decoded: reading.decoded, publishBranch: reading.publishBranch,
        policiesInForce: inForce)
    } catch .notAFolder {
      throw .noDesiredState(path: path, revision: "the work tree")
    } catch {
      throw .git(error)
    }
  }

  /// A tree of desired state without its commit, such as the one last applied.
  package static func tree(
    _ tree: ObjectID, in repository: borrowing Repository
  ) throws(GitError) -> DesiredSource {
    let reading = try read(tree: tree, in: repository)
    return DesiredSource(
      commit: nil, tree: tree, decoded: reading.decoded, publishBranch: reading.publishBranch,
      files: reading.files)
  }

  package static func decode(
    tree: ObjectID, in repository: borrowing Repository
  ) throws(GitError) -> Decoded {
    try self.tree(tree, in: repository).decoded
  }

  private struct Reading {
    let decoded: Decoded
    let publishBranch: String?
    let files: FileSummary
  }

  private static func read(
    tree: ObjectID, judgedBy policies: PoliciesInForce? = nil, in repository: borrowing Repository
  ) throws(GitError) -> Reading {
    guard let listing = try repository.files(in: tree) else { throw .notAFolder(path: "") }
    let documents = listing.files.filter { isDocument($0.path) }
    let files = try RepositoryWorkers.reading(documents, in: repository) {
      file, repository throws(GitError) in
      try readFile(file) { file, limit throws(GitError) in
        try repository.blob(file.id, limit: limit)
      }
    }
    let reading = try reading(listing, files, judgedBy: policies, in: repository)
    if let reading { return reading }
    return try inOrder(listing, judgedBy: policies, in: repository)
  }

  /// A file of documents as it stands alone.
  private struct ReadFile: Sendable {
    let declared: DeclaredFile
    let settings: SourceFile
    let declaresIdentitiesAlone: Bool

    init(_ source: SourceFile) {
      declared = DeclaredFile(source)
      settings = DesiredSource.only("Settings", of: source)
      declaresIdentitiesAlone = source.declaresIdentitiesAlone
    }
  }

  private enum Alone: Sendable {
    case file(ReadFile)
    case findings([Finding])
  }

  /// Documents take much more memory than what they declare, so each file is decoded where it is
  /// read.
  private static func readFile(
    _ file: TreeFile, _ read: (TreeFile, Int) throws(GitError) -> [UInt8]
  ) throws(GitError) -> Alone {
    switch try document(file, read) {
    case .source(let source): .file(ReadFile(source))
    case .findings(let findings): .findings(findings)
    }
  }

  /// - Returns: nil when two files declare the same.
  private static func reading(
    _ listing: TreeListing, _ files: [Alone],
    judgedBy policies: PoliciesInForce?, in repository: borrowing Repository
  ) throws(GitError) -> Reading? {
    var read: [ReadFile] = []
    read.reserveCapacity(files.count)
    var findings = problems(of: listing)
    for file in files {
      switch file {
      case .file(let file): read.append(file)
      case .findings(let found): findings += found
      }
    }
    let requests = try requests(
      at: Set(read.flatMap(\.declared.requestPaths)).sorted(), in: listing
    ) { file, limit throws(GitError) in
      try repository.blob(file.id, limit: limit)
    }
    let decoded = DesiredState.decode(
      read.map(\.declared), requests: requests, policiesInForce: policies)
    guard let decoded else { return nil }
    return reading(
      listing, decoded, besides: findings, settings: read.map(\.settings),
      common: read.filter { !$0.declaresIdentitiesAlone }.map(\.declared.path))
  }

  private static func reading(
    _ listing: TreeListing, _ decoded: Decoded, besides findings: [Finding],
    settings: [SourceFile], common: [String]
  ) -> Reading {
    Reading(
      decoded: findings.isEmpty ? decoded : .findings((findings + decoded.findings).sorted()),
      publishBranch: publishBranch(in: settings),
      files: FileSummary(count: listing.files.count, common: Set(common)))
  }

  /// Reads the documents one after the other.
  private static func inOrder(
    _ listing: TreeListing, judgedBy policies: PoliciesInForce?,
    in repository: borrowing Repository
  ) throws(GitError) -> Reading {
    let documents = try RepositoryWorkers.reading(
      listing.files.filter { isDocument($0.path) }, in: repository
    ) { file, repository throws(GitError) in
      try document(file) { file, limit throws(GitError) in
        try repository.blob(file.id, limit: limit)
      }
    }
    return try reading(listing, documents, judgedBy: policies) { file, limit throws(GitError) in
      try repository.blob(file.id, limit: limit)
    }
  }

  private static func read(
    _ listing: TreeListing, judgedBy policies: PoliciesInForce? = nil,
    read: (TreeFile, Int) throws(GitError) -> [UInt8]
  ) throws(GitError) -> Reading {
    var documents: [Document] = []
    for file in listing.files where isDocument(file.path) {
      documents.append(try document(file, read))
    }
    return try reading(listing, documents, judgedBy: policies, read)
  }

  /// A file of documents that has been read, or what is wrong with it.
  enum Document: Sendable {
    case source(SourceFile)
    case findings([Finding])
  }

  static func document(
    _ file: TreeFile, _ read: (TreeFile, Int) throws(GitError) -> [UInt8]
  ) throws(GitError) -> Document {
    guard let bytes = try bytes(of: file, upTo: YAMLReader.sizeLimit, read) else {
      return .findings([
        Finding(
          Place(file: file.path, line: 1, column: 1),
          "the file has more than \(YAMLReader.sizeLimit) bytes", hint: "split it",
          category: .file)
      ])
    }
    do throws(YAMLError) {
      let documents = try YAMLReader.documents(in: bytes, file: file.path)
      return .source(SourceFile(path: file.path, documents: documents))
    } catch {
      return .findings(error.findings.map { $0.categorized(as: .syntax) })
    }
  }

  private static func reading(
    _ listing: TreeListing, _ documents: [Document], judgedBy policies: PoliciesInForce?,
    _ read: (TreeFile, Int) throws(GitError) -> [UInt8]
  ) throws(GitError) -> Reading {
    var findings = problems(of: listing)
    var sources: [SourceFile] = []
    for document in documents {
      switch document {
      case .source(let source): sources.append(source)
      case .findings(let found): findings += found
      }
    }
    let requests = try requests(for: sources, in: listing, read)
    let decoded = DesiredState.decode(sources, requests: requests, policiesInForce: policies)
    return reading(
      listing, decoded, besides: findings, settings: sources,
      common: sources.filter { !$0.declaresIdentitiesAlone }.map(\.path))
  }

  private static func problems(of listing: TreeListing) -> [Finding] {
    listing.problems.map { problem in
      Finding(
        Place(file: problem.path, line: 1, column: 1), "\(problem)", category: .file)
    }
  }

  /// What the settings say alone: upkeep must find its branch while other documents are wrong.
  private static func publishBranch(in sources: [SourceFile]) -> String? {
    decode(sources, only: "Settings").state?.settings.publishBranch
  }

  private static func decode(_ sources: [SourceFile], only kind: String) -> Decoded {
    DesiredState.decode(sources.map { only(kind, of: $0) })
  }

  private static func only(_ kind: String, of file: SourceFile) -> SourceFile {
    SourceFile(path: file.path, documents: file.documents.filter { $0.isDocument(of: kind) })
  }

  /// The policies of a revision, and only those: whatever else stands there is judged elsewhere.
  private static func policiesInForce(
    of revision: String?, path: String, in repository: borrowing Repository
  ) throws(ReconcileError) -> PoliciesInForce? {
    guard let revision else { return nil }
    var sources: [SourceFile] = []
    var findings: [Finding] = []
    do throws(GitError) {
      let commit = try repository.resolve(revision)
      if let entry = try repository.entry(at: path, in: commit.tree), entry.kind == .folder,
        let listing = try repository.files(in: entry.id)
      {
        for file in listing.files where isDocument(file.path) {
          let bytes = try repository.blob(file.id, limit: YAMLReader.sizeLimit)
          do throws(YAMLError) {
            let documents = try YAMLReader.documents(in: bytes, file: file.path)
            sources.append(SourceFile(path: file.path, documents: documents))
          } catch {
            findings += error.findings.map { $0.categorized(as: .syntax) }
          }
        }
      }
    } catch {
      throw .git(error)
    }
    // A policy in a file that cannot be read would otherwise silently not count.
    guard findings.isEmpty else { throw .findings(findings) }
    let decoded = decode(sources, only: "Policy")
    guard let state = decoded.state else { throw .findings(decoded.findings) }
    return PoliciesInForce(source: revision, policies: state.policies)
  }

  static func isDocument(_ path: String) -> Bool {
    path.hasSuffix(".yaml") || path.hasSuffix(".yml")
  }

  static func requests(
    for sources: [SourceFile], in listing: TreeListing,
    _ read: (TreeFile, Int) throws(GitError) -> [UInt8]
  ) throws(GitError) -> [String: Result<CertificationRequest, RequestProblem>] {
    try self.requests(at: DesiredState.requestPaths(in: sources), in: listing, read)
  }

  private static func requests(
    at paths: [String], in listing: TreeListing,
    _ read: (TreeFile, Int) throws(GitError) -> [UInt8]
  ) throws(GitError) -> [String: Result<CertificationRequest, RequestProblem>] {
    guard !paths.isEmpty else { return [:] }
    let files = Dictionary(
      listing.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    var requests: [String: Result<CertificationRequest, RequestProblem>] = [:]
    for path in paths {
      guard let file = files[path] else { continue }
      requests[path] =
        try bytes(of: file, upTo: requestLimit, read).map { RequestCheck.check($0, file: path) }
        ?? .failure(RequestProblem("has more than \(requestLimit) bytes"))
    }
    return requests
  }

  /// - Returns: nil when the file is larger, which is a finding of that file and no reason to keep
  ///   quiet about the others.
  private static func bytes(
    of file: TreeFile, upTo limit: Int, _ read: (TreeFile, Int) throws(GitError) -> [UInt8]
  ) throws(GitError) -> [UInt8]? {
    do throws(GitError) {
      let bytes = try read(file, limit)
      return bytes.count <= limit ? bytes : nil
    } catch .objectTooLarge {
      return nil
    }
  }
}

extension Node {
  /// What a document says it is; nil when it says nothing.
  var documentKind: String? {
    guard case .mapping(let entries, _) = self,
      case .scalar(let scalar)? = entries.first(where: { $0.key.text == "kind" })?.value
    else { return nil }
    return scalar.text
  }

  fileprivate func isDocument(of kind: String) -> Bool { documentKind == kind }
}

extension SourceFile {
  var declaresIdentitiesAlone: Bool {
    documents.allSatisfy { document in
      Identity.Kind.allCases.contains { $0.rawValue == document.documentKind }
    }
  }
}
