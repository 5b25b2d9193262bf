package import Git
package import PKI

/// Tells every run that shares the published branch to leave new intent alone, or to go on.
///
/// The record lies in the ledger, so that runs on other hosts see it and it cannot be lost unseen.
package struct SuspensionRun {
  private static let mostAttempts = 10
  /// Longer texts do not fit into a commit's subject or a report.
  private static let longestReason = 500

  let options: Options
  /// Who asks.
  let by: String

  package init(_ options: Options, by: String) {
    self.options = options
    self.by = by
  }

  /// - Parameter reason: why; nil ends the suspension.
  /// - Returns: the commit and the record.
  package func run(
    reason: String?, in repository: borrowing Repository
  ) throws(ReconcileError) -> (commit: ObjectID, record: SuspensionRecord) {
    if let reason { try check(reason) }
    // Without remotes the branch's compare-and-swap is enough; a clone's other references need more.
    guard options.upstream != nil else { return try attempts(reason, in: repository) }
    let lock = try repository.runLock(at: options.clock)
    defer { withExtendedLifetime(lock) {} }
    return try attempts(reason, in: repository)
  }

  private func attempts(
    _ reason: String?, in repository: borrowing Repository
  ) throws(ReconcileError) -> (commit: ObjectID, record: SuspensionRecord) {
    for count in 0..<Self.mostAttempts {
      try options.upstream?.begin(
        in: repository, at: options.now, signingKey: options.signingKey)
      if let done = try attempt(reason, in: repository) { return done }
      options.upstream?.pause(after: count)
    }
    throw .lostRace(branch: options.publishedBranch ?? PlanningRun.standardBranch)
  }

  private func check(_ reason: String) throws(ReconcileError) {
    let isFit =
      !reason.isEmpty && reason.count <= Self.longestReason
      && reason.unicodeScalars.allSatisfy { !$0.properties.generalCategory.isControl }
    guard isFit else {
      throw .invalid(
        "the reason must be one line of 1 to \(Self.longestReason) characters", hint: nil)
    }
  }

  private func attempt(
    _ reason: String?, in repository: borrowing Repository
  ) throws(ReconcileError) -> (commit: ObjectID, record: SuspensionRecord)? {
    let run = PlanningRun(options)
    guard let upkeep = try run.upkeep(in: repository), let tip = upkeep.observation.tip else {
      throw .invalid("nothing has been applied yet", hint: "certwright apply is the first step")
    }
    try BranchCheck.requireWritable(upkeep.branch, hasTip: true, in: repository)
    let state = upkeep.observation.state
    let record = SuspensionRecord(
      at: try nextMoment(tip, in: repository), by: by, reason: reason ?? "",
      isSuspended: reason != nil)
    switch (state.suspension, reason) {
    case (let standing?, .some): throw .suspended(standing)
    case (nil, nil): throw .invalid("nothing is suspended", hint: nil)
    default: break
    }
    let after = state.suspended(record.isSuspended ? record : nil)
    let readme = PublishedReadme(
      desired: upkeep.lastApplied, published: after, at: state.newestSigningTime ?? options.now)
    let files: [String: TreeContent] = [
      record.path: .bytes(Array(record.yaml.utf8)),
      "README.md": .bytes(Array(readme.text.utf8)),
    ]
    let commit = try Publication(options: options).write(
      files, removing: [], onto: tip, branch: upkeep.branch, at: options.now,
      message: message(record), in: repository)
    return commit.map { ($0, record) }
  }

  /// The names of records sort by time; clocks of hosts differ.
  private func nextMoment(
    _ tip: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> Timestamp {
    let listing = try git { () throws(GitError) in
      try repository.files(below: LedgerPath.suspensions, in: tip.tree)
    }
    let newest = (listing?.files ?? []).compactMap { file in
      file.path.split(separator: "/").last?.split(separator: "-").first.flatMap { Int($0) }
    }.max()
    return max(options.now, newest.map { Timestamp(seconds: $0 + 1) } ?? options.now)
  }

  private func message(_ record: SuspensionRecord) -> String {
    record.isSuspended
      ? "suspend: \(record.reason)\n\nBy \(record.by)\n" : "resume\n\nBy \(record.by)\n"
  }
}

extension Unicode.GeneralCategory {
  /// Whether a terminal could take the character for a command, or a line for two.
  fileprivate var isControl: Bool {
    switch self {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
  }
}
