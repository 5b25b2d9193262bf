import Git
import PKI
import YAML

/// Who has signed the content of every file that differs from what is applied.
///
/// A signature counts for a file when its commit brought the file to the very content, or absence,
/// that is to be applied: on the line of first parents, what a commit changes against its first
/// parent, so that who merges answers for what the merge brings; elsewhere, what it changes against
/// all its parents, so that who merges the main line into a branch answers for none of it. Merely
/// committing on top of a file does not count: a later change of something else by somebody trusted
/// must not let an earlier one pass.
///
/// Who wants to add a signature without changing anything makes an empty commit that says so:
/// `Approves: COMMIT` as a trailer, naming its parent.
struct FileSigners {
  private static let approval = "Approves"
  /// Digits of a commit's id that cannot be found by trying.
  private static let leastDigits = 16

  private let path: String
  private let tree: ObjectID
  private let changes: [String: TreeChange]
  private var signers: [String: Set<VerifiedSigner>] = [:]

  init(
    _ path: String, from old: ObjectID?, to new: ObjectID, in repository: borrowing Repository
  ) throws(ReconcileError) {
    self.path = path
    tree = new
    let changes = try git { () throws(GitError) in try repository.changes(from: old, to: new) }
    self.changes = Dictionary(
      changes.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func add(_ signer: VerifiedSigner, to paths: Set<String>) {
    for path in paths { signers[path, default: []].insert(signer) }
  }

  /// The files that a commit's signer answers for.
  func brought(
    by commit: CommitInfo, onMainLine: Bool, in repository: borrowing Repository
  ) throws(ReconcileError) -> Set<String> {
    let folder = try repository.folder(path, in: commit.tree)
    if try approves(commit, in: repository) { return try same(as: folder, in: repository) }
    let parents = onMainLine ? Array(commit.parents.prefix(1)) : commit.parents
    guard !parents.isEmpty else { return try brought(folder, after: nil, in: repository) }
    var paths: Set<String>?
    for parent in parents {
      let before = try repository.folder(path, of: parent)
      let brought = try brought(folder, after: before, in: repository)
      paths = paths?.intersection(brought) ?? brought
    }
    return paths ?? []
  }

  private func brought(
    _ folder: ObjectID?, after before: ObjectID?, in repository: borrowing Repository
  ) throws(ReconcileError) -> Set<String> {
    let found = try git { () throws(GitError) in
      try repository.changes(from: before, to: folder)
    }
    return Set(
      found.filter { change in
        guard let wanted = changes[change.path] else { return false }
        return wanted.after == change.after
      }.map(\.path))
  }

  /// The files that a folder has as they are to be applied.
  private func same(
    as folder: ObjectID?, in repository: borrowing Repository
  ) throws(ReconcileError) -> Set<String> {
    let other = try git { () throws(GitError) in try repository.changes(from: folder, to: tree) }
    return Set(changes.keys).subtracting(other.map(\.path))
  }

  private func approves(
    _ commit: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    guard commit.parents.count == 1, let parent = commit.parents.first,
      let named = commit.trailer(Self.approval)?.lowercased(),
      named.utf8.count >= Self.leastDigits, parent.hex.hasPrefix(named)
    else { return false }
    let before = try git { () throws(GitError) in try repository.commit(parent) }
    return before.tree == commit.tree
  }

  // MARK: - Judging

  func guards(
    _ rules: SignerRules, in repository: borrowing Repository
  ) throws(ReconcileError) -> [Guard] {
    var guards: [Guard] = []
    for change in changes.values.sorted(by: { $0.path < $1.path }) {
      let file = SignerRules.ChangedFile(
        path: change.path, kinds: try kinds(of: change, in: repository))
      for reason in rules.problems(of: file, signers: signers[change.path] ?? []) {
        guards.append(.unsignedFile(path: change.path, reason: reason))
      }
    }
    return guards
  }

  /// The kinds of the documents that differ; nil when one version cannot be read.
  private func kinds(
    of change: TreeChange, in repository: borrowing Repository
  ) throws(ReconcileError) -> Set<String>? {
    guard change.path.hasSuffix(".yaml") || change.path.hasSuffix(".yml") else { return [] }
    guard let before = try documents(change.before, in: repository),
      let after = try documents(change.after, in: repository)
    else { return nil }
    return SignerRules.kinds(changedFrom: before, to: after)
  }

  private func documents(
    _ entry: TreeEntry?, in repository: borrowing Repository
  ) throws(ReconcileError) -> [Node]? {
    guard let entry else { return [] }
    guard entry.kind == .file || entry.kind == .executable else { return nil }
    do throws(GitError) {
      let bytes = try repository.blob(entry.id, limit: YAMLReader.sizeLimit)
      return try? YAMLReader.documents(in: bytes, file: "")
    } catch .objectTooLarge {
      return nil
    } catch {
      throw .git(error)
    }
  }
}
