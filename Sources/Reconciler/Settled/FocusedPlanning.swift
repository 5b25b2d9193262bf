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

  init?(run: PlanningRun, ground: PlanningRun.Ground) {
    guard let index = ground.cache.index(of: ground.settled) else { return nil }
    self.run = run
    self.ground = ground
    self.index = index
    observer = Observer(now: run.options.now)
  }

  func plan(in repository: borrowing Repository) throws(ReconcileError) -> Plan? {
    let changes = try git { () throws(GitError) in
      try repository.changes(from: ground.settled.desired, to: ground.tree)
    }
    guard changes.count <= Self.mostChanges, changes.allSatisfy(\.isOfFiles),
      !changes.contains(where: { index.isDeciding($0.path) })
    else { return nil }
    var selection = Selection(
      index: index, settled: ground.settled.desired, tree: ground.tree,
      changed: Set(changes.map(\.path)), dueAt: run.options.now)
    for _ in 0..<Self.mostRounds {
      guard try selection.readPending(in: repository), let states = selection.states else {
        return nil
      }
      guard let observation = try observe(states, in: repository) else { return nil }
      selection.include(states, owners: observation.state.owners)
      guard selection.pending.isEmpty else { continue }
      return try plan(states, observation, changes, in: repository)
    }
    return nil
  }

  private func plan(
    _ states: Selection.States, _ observation: Observation, _ changes: [TreeChange],
    in repository: borrowing Repository
  ) throws(ReconcileError) -> Plan? {
    let added = states.desired.identities.keys.count {
      states.lastApplied.identities[$0] == nil
    }
    guard index.hasRoom(for: added) else { return nil }
    try run.checkClock(observation)
    var input = PlanningRun.Input(
      source: DesiredSource(
        commit: ground.commit, tree: ground.tree, decoded: .state(states.desired),
        publishBranch: states.desired.settings.publishBranch),
      desired: states.desired, lastApplied: states.lastApplied, observation: observation,
      branch: ground.branch, tip: ground.tip,
      files: ground.tree == ground.settled.desired
        ? PlanLimits.FileCounts()
        : PlanLimits.FileCounts(
          removed: changes.count { $0.kind == .removed }, existing: index.fileCount))
    input.inForce = index.countInForce(at: run.options.now)
    let made = try run.plan(input, in: repository)
    // Whether somebody is the last, and what holds for everybody, only the whole state tells; and
    // without anything to be signed or recorded the README of everybody is what is compared.
    guard made.isPlanned, !made.isSweeping, made.planning.plan.endingCount <= 1 else { return nil }
    return made.planning.plan
  }

  // MARK: - What is published

  private func observe(
    _ states: Selection.States, in repository: borrowing Repository
  ) throws(ReconcileError) -> Observation? {
    guard let certificates = try certificates(states, in: repository) else { return nil }
    var files = try observer.files(of: ground.head, leaving: ["identities"], in: repository)
    let observation = try observer.observation(
      of: ground.head, files: files, certificates: certificates, in: repository)
    let names = Set(observation.state.owners).union(states.desired.identities.keys)
      .union(states.lastApplied.identities.keys)
    for name in names {
      let path = "identities/\(name).pem"
      let entry = try git { () throws(GitError) in
        try repository.entry(at: path, in: ground.head.commit.tree)
      }
      if let entry { files[path] = entry.id }
    }
    return observation.with(files: files)
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
          at: Set(open.map(\.path)), of: ground.head, in: repository)
      else { return nil }
      for certificate in certificates { found[certificate.id] = certificate }
      open = Set(certificates.flatMap { index.certificates(resembling: $0) })
        .filter { found[$0.id] == nil }
    }
    return found
  }
}

extension TreeChange {
  /// Whether both sides are plain files: anything else is a finding, or hides one.
  fileprivate var isOfFiles: Bool {
    [before, after].allSatisfy { $0.map { $0.kind == .file || $0.kind == .executable } ?? true }
  }
}

extension Plan {
  /// How many certificates are revoked or retired.
  fileprivate var endingCount: Int {
    plannedEvents.count { event in
      switch event.action {
      case .revoke, .retire: true
      case .release, .rename: false
      }
    }
  }
}
