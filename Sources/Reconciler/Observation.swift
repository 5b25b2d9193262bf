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
  /// Whether the newest commit unites what several runs recorded without each other, and nothing has
  /// been rendered from it yet.
  let isUnited: Bool

  static let nothing = Observation(
    tip: nil, state: .empty, desiredTree: nil, files: [:], warnings: [], lastDesiredCommit: nil,
    isUnited: false)

  func with(files: [String: ObjectID]) -> Observation {
    Observation(
      tip: tip, state: state, desiredTree: desiredTree, files: files, warnings: warnings,
      lastDesiredCommit: lastDesiredCommit, isUnited: isUnited)
  }
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

  /// The day before which a certificate that ended decides nothing.
  private var earliestDay: String { (now - Self.lookBack).compactDay }

  /// Whether a certificate has not expired long ago.
  func remembers(_ certificate: IssuedCertificate) -> Bool {
    certificate.facts.notAfter.compactDay >= earliestDay
  }

  func observe(
    _ tip: ObjectID?, in repository: borrowing Repository
  ) throws(ReconcileError) -> Observation {
    guard let tip else { return .nothing }
    let head = try head(tip, in: repository)
    return try observation(
      of: head, files: try files(of: head, in: repository),
      certificates: try certificates(in: head.commit.tree, repository)
        .merging(lapsedAuthorities(in: head.commit.tree, repository)) { first, _ in first },
      in: repository)
  }

  /// What the newest commit is, without what is in it.
  struct Head {
    let commit: CommitInfo
    let top: [TreeEntry]
    fileprivate let records: [CommitInfo]
    fileprivate let warnings: [String]

    /// When the newest of certwright's own commits was made.
    var newestSigningTime: Timestamp? { records.map(\.committer.time).max() }
    var isUnited: Bool { records.count > 1 }
    var desiredTree: ObjectID? { top.first { $0.name == "desired" && $0.kind == .folder }?.id }
  }

  func head(
    _ tip: ObjectID, in repository: borrowing Repository
  ) throws(ReconcileError) -> Head {
    let commit = try git { () throws(GitError) in try repository.commit(tip) }
    let top = try git { () throws(GitError) in try repository.children(of: commit.tree).entries }
    // Whatever is on a branch that certwright did not make would be removed from it.
    guard top.isEmpty || top.contains(where: { $0.name == LedgerPath.folder }) else {
      throw .foreignBranch(commit: tip)
    }
    let (records, warnings) = try newestRecords(from: commit, in: repository)
    return Head(commit: commit, top: top, records: records, warnings: warnings)
  }

  /// The observation that a head makes with some or all files and certificates.
  func observation(
    of head: Head, files: [String: ObjectID], certificates: [CertificateID: IssuedCertificate],
    in repository: borrowing Repository
  ) throws(ReconcileError) -> Observation {
    Observation(
      tip: head.commit, state: try state(head, certificates, in: repository),
      desiredTree: head.desiredTree, files: files, warnings: head.warnings,
      lastDesiredCommit: try lastDesiredCommit(from: head.commit, in: repository),
      isUnited: head.isUnited)
  }

  /// What a head says by itself: when it was made and from what, with nothing that it holds.
  func outline(
    of head: Head, in repository: borrowing Repository
  ) throws(ReconcileError) -> Observation {
    Observation(
      tip: head.commit,
      state: PublishedState(
        certificates: [:], events: [:], revocationLists: [:], isSimulated: nil,
        newestSigningTime: head.newestSigningTime),
      desiredTree: head.desiredTree, files: [:], warnings: head.warnings,
      lastDesiredCommit: try lastDesiredCommit(from: head.commit, in: repository),
      isUnited: head.isUnited)
  }

  /// - Parameter left: top folders that are not listed, besides those that hold nothing rendered.
  func files(
    of head: Head, leaving left: Set<String> = [], in repository: borrowing Repository
  ) throws(ReconcileError) -> [String: ObjectID] {
    var files: [String: ObjectID] = [:]
    for entry in head.top where !left.union(["ledger", "desired"]).contains(entry.name) {
      guard entry.kind == .folder else {
        files[entry.name] = entry.id
        continue
      }
      let listing = try git { () throws(GitError) in try repository.files(in: entry.id) }
      for file in listing?.files ?? [] { files["\(entry.name)/\(file.path)"] = file.id }
    }
    return files
  }

  /// The desired commit last applied, as the newest commit along first parents that names one says.
  func lastDesiredCommit(
    from tip: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    var commit = tip
    while true {
      if commit.trailer("Plan-Digest") != nil || LedgerUnion.isUnion(commit) {
        return commit.trailer("Desired-Commit").flatMap { ObjectID(hex: $0) }
      }
      guard let parent = commit.parents.first,
        try git({ () throws(GitError) in try repository.contains(parent) })
      else { return nil }
      commit = try git { () throws(GitError) in try repository.commit(parent) }
    }
  }

  // MARK: - The record

  /// The newest commits that certwright made itself: one, or one of each branch that a merge above
  /// them united, that of the main line first.
  ///
  /// Commits above them were made by somebody else: they may change what is rendered, which is drift,
  /// but what they do to the ledger must be additions.
  private func newestRecords(
    from tip: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> ([CommitInfo], [String]) {
    var records: [CommitInfo] = []
    var warnings: [String] = []
    var seen: Set<ObjectID> = [tip.id]
    var open = [tip]
    while let commit = open.popLast() {
      if commit.trailer("Plan-Digest") != nil || commit.parents.isEmpty {
        records.append(commit)
        continue
      }
      for id in commit.parents.reversed() where seen.insert(id).inserted {
        guard try git({ () throws(GitError) in try repository.contains(id) }) else {
          warnings.append("history ends at \(commit.id): what came before was not checked")
          records.append(commit)
          continue
        }
        let parent = try git { () throws(GitError) in try repository.commit(id) }
        try LedgerHistory.requireAdditions(from: parent, to: commit, in: repository)
        open.append(parent)
      }
    }
    return (records, warnings)
  }

  private func state(
    _ head: Head, _ certificates: [CertificateID: IssuedCertificate],
    in repository: borrowing Repository
  ) throws(ReconcileError) -> PublishedState {
    let tree = head.commit.tree
    let simulated = try git { () throws(GitError) in
      try repository.entry(at: LedgerPath.simulatedTime, in: tree)
    }
    let (lists, united) = try revocationLists(in: head.records, repository)
    return PublishedState(
      certificates: certificates, events: try events(in: tree, repository),
      revocationLists: lists, isSimulated: simulated != nil,
      newestSigningTime: head.newestSigningTime,
      suspension: SuspensionRecord.standing(try suspensions(in: tree, repository)),
      unitedLists: united)
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
    let earliest = earliestDay
    var files: [TreeFile] = []
    for key in try folders(of: LedgerPath.issued, in: tree, repository) {
      for day in try folders(of: key.path, in: tree, repository) where day.name >= earliest {
        let listing = try git { () throws(GitError) in try repository.files(in: day.id) }
        files += (listing?.files ?? []).map {
          TreeFile(path: "\(day.path)/\($0.path)", id: $0.id)
        }
      }
    }
    let certificates = try RepositoryWorkers.map(files, in: repository) {
      files, repository throws(ReconcileError) in
      var reader = LedgerCertificate.Reader()
      var certificates: [IssuedCertificate] = []
      certificates.reserveCapacity(files.count)
      for file in files {
        certificates.append(try Self.certificate(file, with: &reader, in: repository))
      }
      return certificates
    }
    return Dictionary(
      certificates.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func certificate(
    _ file: TreeFile, with reader: inout LedgerCertificate.Reader,
    in repository: borrowing Repository
  ) throws(ReconcileError) -> IssuedCertificate {
    let bytes = try git { () throws(GitError) in
      try repository.blob(file.id, limit: certificateLimit)
    }
    return try LedgerReader.certificate(bytes, path: file.path, blob: file.id, with: &reader)
  }

  /// The certificates at some paths of the ledger; nil when one is not there.
  func certificates(
    at paths: Set<String>, of head: Head, in repository: borrowing Repository
  ) throws(ReconcileError) -> [IssuedCertificate]? {
    var reader = LedgerCertificate.Reader()
    var certificates: [IssuedCertificate] = []
    for path in paths.sorted() {
      let entry = try git { () throws(GitError) in
        try repository.entry(at: path, in: head.commit.tree)
      }
      guard let entry else { return nil }
      certificates.append(
        try Self.certificate(TreeFile(path: path, id: entry.id), with: &reader, in: repository))
    }
    return certificates
  }

  /// Authorities that expired long ago: they keep their key, so they must not look new.
  private func lapsedAuthorities(
    in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> [CertificateID: IssuedCertificate] {
    let earliest = earliestDay
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
      let read = try RepositoryWorkers.map(listing?.files ?? [], in: repository) {
        files, repository throws(ReconcileError) in
        var events: [LedgerEvent] = []
        events.reserveCapacity(files.count)
        for file in files {
          let bytes = try git { () throws(GitError) in
            try repository.blob(file.id, limit: Self.eventLimit)
          }
          events.append(
            try LedgerReader.event(bytes, path: "\(kind.folder)/\(file.path)", kind))
        }
        return events
      }
      for event in read { events[event.id, default: []].append(event) }
    }
    return events
  }

  // MARK: - CRLs

  /// The CRL with the highest number of each key, and, of keys with several that were shown to
  /// somebody, since when the oldest of them counts.
  private func revocationLists(
    in records: [CommitInfo], _ repository: borrowing Repository
  ) throws(ReconcileError) -> ([KeyID: PublishedRevocationList], [KeyID: Timestamp]) {
    var lists: [KeyID: PublishedRevocationList] = [:]
    var united: [KeyID: Timestamp] = [:]
    for record in records {
      for (key, list) in try revocationLists(in: record.tree, repository) {
        guard let other = lists[key] else {
          lists[key] = list
          continue
        }
        guard other.der != list.der else { continue }
        united[key] = min(united[key] ?? other.thisUpdate, other.thisUpdate, list.thisUpdate)
        let (older, newer) = other.number < list.number ? (other, list) : (list, other)
        lists[key] = try PartitionPath.united(older, into: newer)
      }
    }
    return (lists, united)
  }

  private func revocationLists(
    in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> [KeyID: PublishedRevocationList] {
    let listing = try git { () throws(GitError) in
      try repository.files(below: "authorities", in: tree)
    }
    var lists: [KeyID: PublishedRevocationList] = [:]
    var partitions: [KeyID: [RevocationListPartition]] = [:]
    for file in listing?.files ?? [] {
      if let key = PartitionPath.key(of: "authorities/\(file.path)") {
        let bytes = try git { () throws(GitError) in
          try repository.blob(file.id, limit: Self.listLimit)
        }
        partitions[key, default: []].append(
          try LedgerReader.partition(bytes, path: "authorities/\(file.path)"))
        continue
      }
      let parts = file.path.split(separator: "/")
      guard parts.last == "crl.der", let key = parts.dropLast().last.flatMap({ KeyID(hex: $0) })
      else { continue }
      let bytes = try git { () throws(GitError) in
        try repository.blob(file.id, limit: Self.listLimit)
      }
      lists[key] = try LedgerReader.revocationList(
        bytes, path: "authorities/\(file.path)", issuer: key)
    }
    try PartitionPath.attach(partitions, to: &lists)
    return lists
  }
}
