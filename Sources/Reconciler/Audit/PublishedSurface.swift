import Git
import PKI

/// Every file of a published commit outside `ledger/` and `desired/`: what is rendered.
struct PublishedSurface {
  private(set) var files: [String: ObjectID] = [:]
  /// Entries that are no plain files.
  private(set) var problems: [AuditProblem] = []

  init(of commit: CommitInfo, in repository: borrowing Repository) throws(ReconcileError) {
    let top = try git { () throws(GitError) in try repository.children(of: commit.tree) }
    add(top.problems, below: "")
    for entry in top.entries where !["ledger", "desired"].contains(entry.name) {
      switch entry.kind {
      case .file, .executable: files[entry.name] = entry.id
      case .folder:
        let listing = try git { () throws(GitError) in try repository.files(in: entry.id) }
        for file in listing?.files ?? [] { files["\(entry.name)/\(file.path)"] = file.id }
        add(listing?.problems ?? [], below: entry.name + "/")
      case .symlink, .submodule, .unknown:
        problems.append(AuditProblem(entry.name, "is no plain file"))
      }
    }
  }

  private mutating func add(_ found: [TreeProblem], below prefix: String) {
    problems += found.map { AuditProblem(prefix + $0.path, "is no plain file of git's: \($0)") }
  }

  /// The key whose CRL lies at `authorities/NAME/KEYID/crl.der`; nil for every other path.
  func key(ofList path: String) -> KeyID? {
    let parts = path.split(separator: "/")
    guard parts.first == "authorities", parts.last == "crl.der", parts.count >= 4 else {
      return nil
    }
    return KeyID(hex: parts[parts.count - 2])
  }
}
