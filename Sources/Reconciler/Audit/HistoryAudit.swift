import Git
import PKI

/// Walks all of a branch's history once and compares every commit with the one before it.
///
/// Trees are compared by pruning, so a commit costs what it changed. The ledger may only grow, from
/// every parent of a merge; CRLs are followed along first parents, which is what relying parties
/// were shown.
struct HistoryAudit {
  private static let listLimit = 1 << 28
  private static let fileLimit = 1 << 30

  struct Result {
    var commitCount = 0
    /// Newest first, along first parents.
    var mainLine: [CommitInfo] = []
    var problems: [AuditProblem] = []
    var notes: [String] = []
  }

  let tip: ObjectID
  /// Serials that were let go by an event: the releases of holds.
  let released: Set<CertificateID>
  let revocations: [CertificateID: RevocationStatus]

  func walk(
    in repository: borrowing Repository, _ blobs: inout BlobScan
  ) throws(ReconcileError) -> Result {
    var result = Result()
    var seen: Set<ObjectID> = [tip]
    var open = [tip]
    var mainLine: ObjectID? = tip
    while let id = open.popLast() {
      let commit = try git { () throws(GitError) in try repository.commit(id) }
      result.commitCount += 1
      let parents = try parents(of: commit, in: repository, &result)
      if id == mainLine {
        result.mainLine.append(commit)
        mainLine = parents.first?.id
      }
      try examine(commit, after: parents, in: repository, &blobs, &result)
      // The first parent is looked at next, so that the main line is walked in order.
      for parent in parents.reversed() where seen.insert(parent.id).inserted {
        open.append(parent.id)
      }
    }
    try followLists(result.mainLine.reversed(), in: repository, &result)
    return result
  }

  /// The parents that are there; a shallow clone has cut the others off.
  private func parents(
    of commit: CommitInfo, in repository: borrowing Repository, _ result: inout Result
  ) throws(ReconcileError) -> [CommitInfo] {
    var parents: [CommitInfo] = []
    for id in commit.parents {
      guard try git({ () throws(GitError) in try repository.contains(id) }) else {
        result.notes.append(
          "history ends at commit \(commit.id): this clone is shallow, what came before was not"
            + " checked")
        continue
      }
      parents.append(try git { () throws(GitError) in try repository.commit(id) })
    }
    return parents
  }

  // MARK: - Growth

  private func examine(
    _ commit: CommitInfo, after parents: [CommitInfo], in repository: borrowing Repository,
    _ blobs: inout BlobScan, _ result: inout Result
  ) throws(ReconcileError) {
    let changes = try git { () throws(GitError) in
      try repository.changes(from: parents.first?.tree, to: commit.tree)
    }
    for change in changes {
      guard let entry = change.after, entry.kind == .file || entry.kind == .executable else {
        continue
      }
      try blobs.look(
        at: entry.id, path: "commit \(commit.id): \(change.path)", limit: Self.fileLimit,
        in: repository)
    }
    if !parents.isEmpty { result.problems += try ledgerFaults(changes, commit, in: repository) }
    for parent in parents.dropFirst() {
      let others = try git { () throws(GitError) in
        try repository.changes(from: parent.tree, to: commit.tree)
      }
      result.problems += try ledgerFaults(others, commit, in: repository)
    }
  }

  private func ledgerFaults(
    _ changes: [TreeChange], _ commit: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> [AuditProblem] {
    var problems: [AuditProblem] = []
    for change in changes where change.path.hasPrefix(LedgerPath.folder + "/") {
      let isMarker = change.path == LedgerPath.simulatedTime
      guard change.kind != .added || isMarker,
        try !LedgerHistory.isKept(change, of: commit, repository)
      else { continue }
      let verb =
        switch change.kind {
        case .added: "adds"
        case .changed: "changes"
        case .removed: "removes"
        }
      problems.append(
        AuditProblem(
          "commit \(commit.id)",
          "\(verb) \"\(change.path)\", "
            + (isMarker ? "which is decided when the branch is born" : "which is a record"),
          hint: "restore the branch from a copy that has the record"))
    }
    return problems
  }

  // MARK: - CRLs

  /// The newest CRL of a path while history is followed from its beginning.
  private struct Standing {
    let blob: ObjectID
    let list: RevocationListFacts
  }

  private func followLists(
    _ commits: [CommitInfo], in repository: borrowing Repository, _ result: inout Result
  ) throws(ReconcileError) {
    var standing: [String: Standing] = [:]
    var before: ObjectID?
    for commit in commits {
      let folder = try git { () throws(GitError) in
        try repository.entry(at: "authorities", in: commit.tree)?.id
      }
      let changes = try git { () throws(GitError) in
        try repository.changes(from: before, to: folder)
      }
      before = folder
      for change in changes {
        guard let key = Self.key(ofList: change.path), let blob = change.after?.id,
          standing[change.path]?.blob != blob
        else { continue }
        try follow(
          blob, at: change.path, key, commit, in: repository, &standing[change.path], &result)
      }
    }
  }

  /// `NAME/KEYID/crl.der`
  private static func key(ofList path: String) -> KeyID? {
    let parts = path.split(separator: "/")
    guard parts.last == "crl.der", parts.count >= 3 else { return nil }
    return KeyID(hex: parts[parts.count - 2])
  }

  private func follow(
    _ blob: ObjectID, at path: String, _ key: KeyID, _ commit: CommitInfo,
    in repository: borrowing Repository, _ standing: inout Standing?, _ result: inout Result
  ) throws(ReconcileError) {
    let place = "commit \(commit.id)"
    let file = "authorities/\(path)"
    let bytes = try git { () throws(GitError) in
      try repository.blob(blob, limit: Self.listLimit)
    }
    // What somebody else did to a rendered file is drift, and the next run has repaired it.
    let isOurs = commit.trailer("Plan-Digest") != nil
    do throws(DERError) {
      let list = try RevocationListFacts(bytes)
      let violations = RevocationListRules.violations(
        next: list, previous: standing?.list
      ) { serial in mayGo(serial, key, standing?.list) }
      for violation in violations {
        if isOurs {
          result.problems.append(AuditProblem(place, "\"\(file)\": \(violation)"))
        } else {
          result.notes.append(
            "\(place), which certwright did not make, has \"\(file)\": \(violation)")
        }
      }
      if isOurs || violations.isEmpty { standing = Standing(blob: blob, list: list) }
    } catch {
      let message = "\"\(file)\" is no CRL: \(error)"
      if isOurs {
        result.problems.append(AuditProblem(place, message))
      } else {
        result.notes.append("\(place), which certwright did not make: \(message)")
      }
    }
  }

  /// Released holds, and certificates that had expired when the CRL before was issued.
  private func mayGo(
    _ serial: SerialNumber, _ key: KeyID, _ previous: RevocationListFacts?
  ) -> Bool {
    guard let previous else { return false }
    let id = CertificateID(issuer: key, serial: serial)
    return released.contains(id)
      || revocations[id].map { $0.notAfter < previous.thisUpdate } ?? false
  }
}
