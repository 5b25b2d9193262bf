package import Git
package import PKI

/// An audit of the whole published branch from its bytes and its history. Needs no key, asks nobody
/// and writes nothing.
package struct Audit {
  /// Certificates that expired longer ago are left out of what is rendered.
  private static let lookBack = Lifetime.days(30)
  private static let fileLimit = 1 << 28

  let options: Options
  /// Who may sign published commits; nil does not look at their signatures.
  let signers: AllowedSigners?

  package init(_ options: Options, signers: AllowedSigners? = nil) {
    self.options = options
    self.signers = signers
  }

  /// - Throws: only when the branch cannot be read at all; everything else is in the report.
  package func run(in repository: borrowing Repository) throws(ReconcileError) -> AuditReport {
    let branch = try PublishedBranch.find(options, in: repository)
    let tip = try git { () throws(GitError) in try repository.commit(branch.tip) }
    var blobs = BlobScan()
    let ledger = try LedgerAudit(tree: tip.tree).read(in: repository, &blobs)
    var problems = ledger.problems

    let history = try HistoryAudit(
      tip: branch.tip, released: ledger.releasedHolds, revocations: ledger.revocations
    ).walk(in: repository, &blobs)
    problems += history.problems
    if let signers {
      problems += try SignatureAudit(tip: branch.tip, signers: signers).problems(in: repository)
    }

    let record = history.mainLine.first { $0.trailer("Plan-Digest") != nil } ?? tip
    let surface = try PublishedSurface(of: tip, in: repository)
    problems += surface.problems
    let lists = try revocationLists(of: surface, in: repository, &blobs, &problems)
    // What is rendered follows from the CRLs of certwright's own newest commit.
    let own =
      record.id == tip.id ? lists : try revocationLists(in: record, repository, &blobs)
    let state = ledger.state(lists: own.mapValues(\.list), at: record.committer.time)
    problems += CertificateAudit(ledger: ledger, state: state).problems()

    let desired = try desiredState(of: tip, in: repository, &problems)
    problems += RevocationListAudit(
      state: ledger.state(lists: lists.mapValues(\.list), at: record.committer.time), lists: lists,
      declared: Set((desired ?? .empty).authorities.keys), now: options.now
    ).problems()
    problems += PartitionAudit(
      state: ledger.state(lists: lists.mapValues(\.list), at: record.committer.time),
      lists: lists.mapValues(\.list), desired: desired ?? .empty, now: options.now
    ).problems()
    let rendered = RenderedAudit(files: surface.files)
    problems += try rendered.copyProblems(in: repository, &blobs)
    if let desired {
      let recent = state.leavingOut(expiredBefore: record.committer.time - Self.lookBack)
      problems += try rendered.problems(desired: desired, state: recent, at: record.committer.time)
    }
    if record.committer.time > options.now + Clock.skew {
      problems.append(
        AuditProblem(
          "commit \(record.id)", "was signed in the future, at \(record.committer.time)",
          hint: "set the clock, or name the time of a simulated branch with --at"))
    }
    problems += blobs.problems
    return AuditReport(
      branch: branch.name, commit: branch.tip, now: options.now,
      counts: counts(ledger, lists: lists.count, history, surface, blobs),
      notes: history.notes, problems: Set(problems).sorted())
  }

  private func counts(
    _ ledger: AuditedLedger, lists: Int, _ history: HistoryAudit.Result,
    _ surface: PublishedSurface, _ blobs: BlobScan
  ) -> [AuditReport.Count] {
    let certificates = ledger.certificates.map(\.certificate)
    let authorities = certificates.filter(\.facts.isAuthority)
    let unexpired = certificates.count { !$0.isExpired(at: options.now) }
    let revoked = ledger.revocations.values.count { !$0.isReleased }
    return [
      .init("commits", history.commitCount),
      .init("certificates", certificates.count, "\(unexpired) unexpired"),
      .init("authority keys", Set(authorities.map(\.facts.keyID)).count),
      .init("CRLs", lists),
      .init("events", ledger.eventCount, "\(revoked) revoked"),
      .init("runs", ledger.runCount),
      .init("rendered files", surface.files.count),
      .init("file contents", blobs.count, "\(blobs.byteCount) bytes searched for private keys"),
    ]
  }

  // MARK: - Parts of the tip

  private func desiredState(
    of tip: CommitInfo, in repository: borrowing Repository, _ problems: inout [AuditProblem]
  ) throws(ReconcileError) -> DesiredState? {
    let entry = try git { () throws(GitError) in try repository.entry(at: "desired", in: tip.tree) }
    guard let entry, entry.kind == .folder else {
      problems.append(AuditProblem("desired", "is missing", hint: "certwright apply writes it"))
      return nil
    }
    let decoded = try git { () throws(GitError) in
      try DesiredSource.decode(tree: entry.id, in: repository)
    }
    problems += decoded.findings.map {
      AuditProblem("desired/\($0.place)", $0.message, hint: $0.hint)
    }
    return decoded.state
  }

  private func revocationLists(
    in commit: CommitInfo, _ repository: borrowing Repository, _ blobs: inout BlobScan
  ) throws(ReconcileError) -> [KeyID: (path: String, list: PublishedRevocationList)] {
    var problems: [AuditProblem] = []
    let surface = try PublishedSurface(of: commit, in: repository)
    return try revocationLists(of: surface, in: repository, &blobs, &problems)
  }

  private func revocationLists(
    of surface: PublishedSurface, in repository: borrowing Repository, _ blobs: inout BlobScan,
    _ problems: inout [AuditProblem]
  ) throws(ReconcileError) -> [KeyID: (path: String, list: PublishedRevocationList)] {
    var lists: [KeyID: (path: String, list: PublishedRevocationList)] = [:]
    var partitions: [KeyID: [RevocationListPartition]] = [:]
    for (path, id) in surface.files.sorted(by: { $0.key < $1.key }) {
      let whole = surface.key(ofList: path)
      guard let key = whole ?? PartitionPath.key(of: path),
        let bytes = try blobs.read(id, at: path, limit: Self.fileLimit, in: repository)
      else { continue }
      do throws(ReconcileError) {
        guard whole != nil else {
          partitions[key, default: []].append(try LedgerReader.partition(bytes, path: path))
          continue
        }
        lists[key] = (path, try LedgerReader.revocationList(bytes, path: path, issuer: key))
      } catch {
        guard case .damagedLedger(_, let reason) = error else { throw error }
        problems.append(AuditProblem(path, reason, hint: "certwright apply renders it again"))
      }
    }
    var complete = lists.mapValues(\.list)
    try PartitionPath.attach(partitions, to: &complete)
    return lists.reduce(into: [:]) { all, one in
      all[one.key] = (one.value.path, complete[one.key] ?? one.value.list)
    }
  }
}

extension AuditedLedger {
  var revocations: [CertificateID: RevocationStatus] {
    events.compactMapValues(RevocationStatus.init)
  }

  var releasedHolds: Set<CertificateID> {
    Set(events.filter { $0.value.contains { $0.action == .released } }.keys)
  }

  func state(
    lists: [KeyID: PublishedRevocationList], at signing: Timestamp
  ) -> PublishedState {
    PublishedState(
      certificates: Dictionary(
        certificates.map { ($0.certificate.id, $0.certificate) },
        uniquingKeysWith: { first, _ in first }),
      events: events, revocationLists: lists, isSimulated: isSimulated, newestSigningTime: signing,
      suspension: SuspensionRecord.standing(suspensions))
  }
}

extension PublishedState {
  /// The state as a run reads it, which looks at whole days.
  func leavingOut(expiredBefore time: Timestamp) -> PublishedState {
    let day = time.compactDay
    return PublishedState(
      certificates: certificates.filter { $0.value.facts.notAfter.compactDay >= day },
      events: events, revocationLists: revocationLists, isSimulated: isSimulated,
      newestSigningTime: newestSigningTime, suspension: suspension)
  }
}
