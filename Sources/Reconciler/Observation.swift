package import Git
package import PKI
import YAML

/// The published branch as it stands.
package struct Observation: Sendable {
  /// nil before the first apply.
  package let tip: CommitInfo?
  package let state: PublishedState
  /// The desired-state tree last applied.
  package let desiredTree: ObjectID?
  /// Every file outside `ledger/` and `desired/`.
  package let files: [String: ObjectID]
  package let warnings: [String]
  /// The desired commit last applied.
  package let lastDesiredCommit: ObjectID?

  static let nothing = Observation(
    tip: nil, state: .empty, desiredTree: nil, files: [:], warnings: [], lastDesiredCommit: nil)
}

/// Runs a step of git and says its errors in the reconciler's words.
func git<Value: ~Copyable>(
  _ step: () throws(GitError) -> Value
) throws(ReconcileError) -> Value {
  do throws(GitError) {
    return try step()
  } catch {
    throw .git(error)
  }
}

/// Reads a published branch.
///
/// The ledger and the CRLs are the CA's record; everything else is rendered from them and only its
/// names and ids are looked at.
struct Observer {
  /// Certificates that expired longer ago decide nothing any more.
  private static let lookBack = Lifetime.days(30)
  private static let certificateLimit = 1 << 20
  private static let eventLimit = 1 << 16
  /// A million entries of 49 bytes, and room.
  private static let listLimit = 1 << 28

  let now: Timestamp

  func observe(
    _ tip: ObjectID?, in repository: borrowing Repository
  ) throws(ReconcileError) -> Observation {
    guard let tip else { return .nothing }
    let commit = try git { () throws(GitError) in try repository.commit(tip) }
    let top = try git { () throws(GitError) in try repository.children(of: commit.tree).entries }
    // Whatever is on a branch that certwright did not make would be removed from it.
    guard top.isEmpty || top.contains(where: { $0.name == LedgerPath.folder }) else {
      throw .foreignBranch(commit: tip)
    }
    var files: [String: ObjectID] = [:]
    for entry in top where !["ledger", "desired"].contains(entry.name) {
      guard entry.kind == .folder else {
        files[entry.name] = entry.id
        continue
      }
      let listing = try git { () throws(GitError) in try repository.files(in: entry.id) }
      for file in listing?.files ?? [] { files["\(entry.name)/\(file.path)"] = file.id }
    }
    let (record, warnings) = try newestRecord(from: commit, in: repository)
    return Observation(
      tip: commit, state: try state(commit, record: record, in: repository),
      desiredTree: top.first { $0.name == "desired" && $0.kind == .folder }?.id, files: files,
      warnings: warnings,
      lastDesiredCommit: record.trailer("Desired-Commit").flatMap { ObjectID(hex: $0) })
  }

  // MARK: - The record

  /// The newest commit that certwright made itself.
  ///
  /// Commits above it were made by somebody else: they may change what is rendered, which is drift,
  /// but what they do to the ledger must be additions.
  private func newestRecord(
    from tip: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> (CommitInfo, [String]) {
    var commit = tip
    while commit.trailer("Plan-Digest") == nil, let parent = commit.parents.first {
      guard try git({ () throws(GitError) in try repository.contains(parent) }) else {
        let warning = "history ends at \(commit.id): what came before was not checked"
        return (commit, [warning])
      }
      let before = try git { () throws(GitError) in try repository.commit(parent) }
      try LedgerHistory.requireAdditions(from: before, to: commit, in: repository)
      commit = before
    }
    return (commit, [])
  }

  private func state(
    _ tip: CommitInfo, record: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> PublishedState {
    let simulated = try git { () throws(GitError) in
      try repository.entry(at: LedgerPath.simulatedTime, in: tip.tree)
    }
    return PublishedState(
      certificates: try certificates(in: tip.tree, repository)
        .merging(lapsedAuthorities(in: tip.tree, repository)) { first, _ in first },
      events: try events(in: tip.tree, repository),
      revocationLists: try revocationLists(in: record.tree, repository),
      isSimulated: simulated != nil, newestSigningTime: record.committer.time,
      suspension: SuspensionRecord.standing(try suspensions(in: tip.tree, repository)))
  }

  private func suspensions(
    in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> [SuspensionRecord] {
    let listing = try git { () throws(GitError) in
      try repository.files(below: LedgerPath.suspensions, in: tree)
    }
    var records: [SuspensionRecord] = []
    for file in listing?.files ?? [] {
      let bytes = try git { () throws(GitError) in
        try repository.blob(file.id, limit: Self.eventLimit)
      }
      records.append(
        try LedgerReader.suspension(bytes, path: "\(LedgerPath.suspensions)/\(file.path)"))
    }
    return records
  }

  // MARK: - Certificates

  private func certificates(
    in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> [CertificateID: IssuedCertificate] {
    let earliest = (now - Self.lookBack).compactDay
    var certificates: [CertificateID: IssuedCertificate] = [:]
    for key in try folders(of: LedgerPath.issued, in: tree, repository) {
      for day in try folders(of: key.path, in: tree, repository) where day.name >= earliest {
        let listing = try git { () throws(GitError) in try repository.files(in: day.id) }
        for file in listing?.files ?? [] {
          let path = "\(day.path)/\(file.path)"
          let bytes = try git { () throws(GitError) in
            try repository.blob(file.id, limit: Self.certificateLimit)
          }
          let certificate = try LedgerReader.certificate(bytes, path: path)
          certificates[certificate.id] = certificate
        }
      }
    }
    return certificates
  }

  /// Authorities that expired long ago: they keep their key, so they must not look new.
  private func lapsedAuthorities(
    in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> [CertificateID: IssuedCertificate] {
    let earliest = (now - Self.lookBack).compactDay
    let listing = try git { () throws(GitError) in
      try repository.files(below: "authorities", in: tree)
    }
    var lapsed: [CertificateID: IssuedCertificate] = [:]
    for file in listing?.files ?? [] where file.path.hasSuffix("ca.der") {
      let bytes = try git { () throws(GitError) in
        try repository.blob(file.id, limit: Self.certificateLimit)
      }
      // What is rendered may be anything; only the ledger's own copy counts.
      guard let facts = try? CertificateFacts(bytes), facts.notAfter.compactDay < earliest else {
        continue
      }
      for key in try folders(of: LedgerPath.issued, in: tree, repository) {
        guard let issuer = KeyID(hex: key.name) else { continue }
        let id = CertificateID(issuer: issuer, serial: facts.serial)
        let path = LedgerPath.certificate(id, notAfter: facts.notAfter)
        let entry = try git { () throws(GitError) in try repository.entry(at: path, in: tree) }
        guard let entry else { continue }
        let record = try git { () throws(GitError) in
          try repository.blob(entry.id, limit: Self.certificateLimit)
        }
        lapsed[id] = try LedgerReader.certificate(record, path: path)
      }
    }
    return lapsed
  }

  private struct Folder {
    let name: String
    let path: String
    let id: ObjectID
  }

  private func folders(
    of path: String, in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> [Folder] {
    try git { () throws(GitError) in
      guard let entry = try repository.entry(at: path, in: tree) else { return [] }
      return try repository.children(of: entry.id).entries.filter { $0.kind == .folder }
        .map { Folder(name: $0.name, path: "\(path)/\($0.name)", id: $0.id) }
    }
  }

  // MARK: - Events

  /// Events of all days: there are few, and a compromised key must be known long after its
  /// certificate expired.
  private func events(
    in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> [CertificateID: [LedgerEvent]] {
    var events: [CertificateID: [LedgerEvent]] = [:]
    for kind in LedgerEvent.Kind.allCases {
      let listing = try git { () throws(GitError) in
        try repository.files(below: kind.folder, in: tree)
      }
      for file in listing?.files ?? [] {
        let bytes = try git { () throws(GitError) in
          try repository.blob(file.id, limit: Self.eventLimit)
        }
        let event = try LedgerReader.event(bytes, path: "\(kind.folder)/\(file.path)", kind)
        events[event.id, default: []].append(event)
      }
    }
    return events
  }

  // MARK: - CRLs

  private func revocationLists(
    in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> [KeyID: PublishedRevocationList] {
    let listing = try git { () throws(GitError) in
      try repository.files(below: "authorities", in: tree)
    }
    var lists: [KeyID: PublishedRevocationList] = [:]
    for file in listing?.files ?? [] {
      let parts = file.path.split(separator: "/")
      guard parts.last == "crl.der", let key = parts.dropLast().last.flatMap({ KeyID(hex: $0) })
      else { continue }
      let bytes = try git { () throws(GitError) in
        try repository.blob(file.id, limit: Self.listLimit)
      }
      lists[key] = try LedgerReader.revocationList(
        bytes, path: "authorities/\(file.path)", issuer: key)
    }
    return lists
  }
}
