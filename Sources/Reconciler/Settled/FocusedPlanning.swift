import Git
import PKI

/// Plans a small change, or what fell due, on top of a plan that found nothing to do: from the files
/// and certificates that can decide, and by the planner that sees everything otherwise.
///
/// What cannot be told from a part of the states is left to a plan from all of them: the answer is
/// nil then.
struct FocusedPlanning {
  /// From here on, a plan from everything costs no more.
  private static let mostChanges = 5_000
  private static let mostRounds = 8

  private let run: PlanningRun
  private let ground: PlanningRun.Ground
  private let index: SettledIndex
  private let observer: Observer

  /// - Parameter index: that of the ground, if it has been read.
  init?(run: PlanningRun, ground: PlanningRun.Ground, index: SettledIndex? = nil) {
    guard let index = index ?? ground.cache.index(of: ground.settled) else { return nil }
    self.run = run
    self.ground = ground
    self.index = index
    observer = Observer(now: run.options.now)
  }

  func planning(in repository: borrowing Repository) throws(ReconcileError) -> Planning? {
    let changes = try git { () throws(GitError) in
      try repository.changes(from: ground.settled.desired, to: ground.tree)
    }
    guard changes.count <= Self.mostChanges, changes.allSatisfy(\.isOfFiles) else { return nil }
    var selection = Selection(
      index: index, settled: ground.settled.desired, tree: ground.tree,
      changed: Set(changes.map(\.path)), dueAt: run.options.now)
    for _ in 0..<Self.mostRounds {
      guard try selection.readPending(in: repository), let states = selection.states else {
        return nil
      }
      guard let (observation, settled) = try observe(states, in: repository) else { return nil }
      selection.include(states, owners: observation.state.owners)
      guard selection.pending.isEmpty else { continue }
      let part = SettledPart(
        before: states.lastApplied, after: states.desired, published: settled,
        commonFiles: selection.commonFiles,
        fileCount: index.fileCount + changes.count { $0.kind == .added }
          - changes.count { $0.kind == .removed })
      return try planning(part, observation, changes, in: repository)
    }
    return nil
  }

  private func planning(
    _ part: SettledPart, _ observation: Observation, _ changes: [TreeChange],
    in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning? {
    let added = part.after.identities.keys.count { part.before.identities[$0] == nil }
    let others = index.others(than: part)
    guard index.hasRoom(for: added), others.covers(PublishedReadme.longestTable),
      index.deciders.decide(part.before, part.after)
    else { return nil }
    try run.checkClock(observation)
    var input = PlanningRun.Input(
      source: DesiredSource(
        commit: ground.commit, tree: ground.tree, decoded: .state(part.after),
        publishBranch: part.after.settings.publishBranch,
        files: DesiredSource.FileSummary(count: part.fileCount, common: part.commonFiles)),
      desired: part.after, lastApplied: part.before, observation: observation,
      branch: ground.branch, tip: ground.tip,
      files: ground.tree == ground.settled.desired
        ? PlanLimits.FileCounts()
        : PlanLimits.FileCounts(
          removed: changes.count { $0.kind == .removed }, existing: index.fileCount))
    input.inForce = index.countInForce(at: run.options.now)
    input.focus = Focus(index: index, part: part, others: others)
    let made = try run.plan(input, in: repository)
    // What holds for everybody only the whole state tells. So it does where nobody of the part is
    // left; where somebody is, somebody is left of all.
    return made.isSweeping ? nil : made.planning
  }

  // MARK: - What is published

  /// - Returns: what a plan sees, and what the index was made from: that has certificates as well
  ///   that expired too long ago by now to be seen.
  private func observe(
    _ states: Selection.States, in repository: borrowing Repository
  ) throws(ReconcileError) -> (Observation, settled: PublishedState)? {
    guard let certificates = try certificates(states, in: repository) else { return nil }
    let forgotten = certificates.values.filter { !observer.remembers($0) }
    // Of authorities a plan sees what is still published, however long ago it expired.
    guard !forgotten.contains(where: \.facts.isAuthority) else { return nil }
    var files = try observer.files(of: ground.head, leaving: ["identities"], in: repository)
    let observation = try observer.observation(
      of: ground.head, files: files, certificates: certificates.filter { observer.remembers($1) },
      in: repository)
    let settled = observation.state.adding(certificates: forgotten)
    let names = Set(observation.state.owners).union(states.desired.identities.keys)
      .union(states.lastApplied.identities.keys)
    for name in names {
      let path = "identities/\(name).pem"
      let entry = try git { () throws(GitError) in
        try repository.entry(at: path, in: ground.head.commit.tree)
      }
      if let entry { files[path] = entry.id }
    }
    return (observation.with(files: files), settled)
  }

  /// The certificates of every name that is looked at, and of whoever else has one of their subjects
  /// or keys; nil when the branch lacks one.
  private func certificates(
    _ states: Selection.States, in repository: borrowing Repository
  ) throws(ReconcileError) -> [CertificateID: IssuedCertificate]? {
    var found: [CertificateID: IssuedCertificate] = [:]
    var open = Set(states.names.flatMap { index.certificates(of: $0) })
    for identity in states.desired.identities.values {
      open.formUnion(index.certificates(resembling: identity))
    }
    while !open.isEmpty {
      guard
        let certificates = try observer.certificates(
          at: Set(open.map(\.path)), of: ground.head, in: repository
        )
      else { return nil }
      for certificate in certificates { found[certificate.id] = certificate }
      open = Set(certificates.flatMap { index.certificates(resembling: $0) })
        .filter { found[$0.id] == nil }
    }
    return found
  }
}

/// What of a planning only an index tells: where the states that it was made from are a part.
struct Focus: Sendable {
  let index: SettledIndex
  let part: SettledPart
  /// The identities outside of the part.
  let others: IdentityTable
}

extension Focus? {
  /// The identities outside of the part; none where there is no outside.
  var others: IdentityTable { self?.others ?? .empty }
}

extension TreeChange {
  /// Whether both sides are plain files: anything else is a finding, or hides one.
  fileprivate var isOfFiles: Bool {
    [before, after].allSatisfy { $0.map { $0.kind == .file || $0.kind == .executable } ?? true }
  }
}
