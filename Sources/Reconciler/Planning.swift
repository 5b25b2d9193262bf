package import Git
package import PKI

/// A plan with everything that it was made from, so that it can be carried out.
package struct Planning: Sendable {
  package let plan: Plan
  package let desired: DesiredState
  package let lastApplied: DesiredState
  /// The tree of desired state; nil when it was read from the work tree.
  package let desiredTree: ObjectID?
  package let observation: Observation
  package let branch: String
  package let isWithholdingRoots: Bool
}

/// Reads both states and compares them. Needs no key, no network and writes nothing.
package struct PlanningRun {
  package static let standardBranch = "published"

  let options: Options
  /// What `--allow` lifts, each up to a count.
  let allowances: [String: Int]
  let isWithholdingRoots: Bool

  package init(
    _ options: Options, allowances: [String: Int] = [:], isWithholdingRoots: Bool = false
  ) {
    self.isWithholdingRoots = isWithholdingRoots
    self.options = options
    self.allowances = allowances
  }

  /// What is due from the desired state last applied: renewals and CRLs that must go on while new
  /// intent is stopped.
  ///
  /// - Returns: nil before the first apply.
  package func upkeep(
    insteadOf source: DesiredSource? = nil, in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning? {
    let branch = options.publishedBranch ?? source?.publishBranch ?? Self.standardBranch
    guard let tip = try tip(of: branch, in: repository).0 else { return nil }
    let commit = try git { () throws(GitError) in try repository.commit(tip) }
    let tree = try git { () throws(GitError) in
      try repository.entry(at: "desired", in: commit.tree)
    }
    guard let tree else { return nil }
    let decoded = try git { () throws(GitError) in
      try DesiredSource.decode(tree: tree.id, in: repository)
    }
    return try plan(
      DesiredSource(
        commit: nil, tree: tree.id, decoded: decoded, publishBranch: branch),
      in: repository)
  }

  /// - Parameter fromWorkTree: reads desired state as it is being edited.
  package func plan(
    fromWorkTree: Bool = false, in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning {
    let source =
      fromWorkTree
      ? try DesiredSource.workTree(path: options.path, base: options.base, in: repository)
      : try DesiredSource.commit(
        options.revision, path: options.path, base: options.base, in: repository)
    return try plan(source, in: repository)
  }

  package func plan(
    _ source: DesiredSource, in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning {
    let desired = try source.state()
    let branch = options.publishedBranch ?? source.publishBranch ?? Self.standardBranch
    let (tip, isRemote) = try tip(of: branch, in: repository)
    let observation = try Observer(now: options.now).observe(tip, in: repository)
    try checkClock(observation)
    let lastApplied = try lastApplied(observation, source, desired, in: repository)
    let (rewind, warnings) = try rewind(source, observation, in: repository)
    let unsigned = try unsigned(source, observation, in: repository)
    let changes =
      try self.changes(
        desired: desired, lastApplied: lastApplied, observation, tree: source.tree,
        files: try fileCounts(source, observation, in: repository)) + rewind + unsigned
      + policyChanges(source, desired, lastApplied)
    let access = AccessComparison.report(
      desired: desired, lastApplied: lastApplied, published: observation.state,
      planned: changes, now: options.now)
    let emptied = NeverToZero.changes(
      planned: changes, published: observation.state, doors: access.emptied, now: options.now,
      allowances: allowances)
    let plan = Plan(
      source: Plan.Source(
        desiredCommit: source.commit?.id ?? lastCommit(source, observation), publishedCommit: tip,
        publishedBranch: branch, path: options.path),
      now: options.now, changes: changes + emptied,
      warnings: observation.warnings + warnings + [source.policyNote].compactMap(\.self)
        + (options.signers != nil && source.tree == nil
          ? ["the work tree is not signed: who signs the change was not checked"] : [])
        + (isRemote ? ["there is no local branch \(branch): origin's was read"] : [])
        + Planner.warnings(desired: desired, published: observation.state),
      causes: Causes.commits(
        for: changes, from: source.commit, path: options.path,
        lastApplied: observation.lastDesiredCommit, in: repository),
      access: access.changes)
    return Planning(
      plan: plan, desired: desired, lastApplied: lastApplied, desiredTree: source.tree,
      observation: observation, branch: branch, isWithholdingRoots: isWithholdingRoots)
  }

  /// The newest published commit, of this repository or, where a clone has not made the branch its
  /// own, of its origin: taking that for an empty CA would propose a second one.
  private func tip(
    of branch: String, in repository: borrowing Repository
  ) throws(ReconcileError) -> (ObjectID?, isRemote: Bool) {
    if let upstream = options.upstream {
      return (try upstream.tip(of: branch, in: repository), false)
    }
    let local = try git { () throws(GitError) in try repository.reference("refs/heads/\(branch)") }
    try PublishedMark.check(local, of: branch, in: repository)
    if let local { return (local, false) }
    let remote = try git { () throws(GitError) in
      try repository.reference("refs/remotes/origin/\(branch)")
    }
    return (remote, remote != nil)
  }

  /// Upkeep runs on what was applied last, and is recorded as such.
  private func lastCommit(_ source: DesiredSource, _ observation: Observation) -> ObjectID? {
    source.tree != nil && source.tree == observation.desiredTree
      ? observation.lastDesiredCommit : nil
  }

  /// Going back behind a merge that was applied would undo it unseen.
  private func rewind(
    _ source: DesiredSource, _ observation: Observation, in repository: borrowing Repository
  ) throws(ReconcileError) -> ([Change], [String]) {
    guard let commit = source.commit?.id, source.tree != observation.desiredTree,
      let last = observation.lastDesiredCommit, allowances["rewinds"] ?? 0 == 0
    else { return ([], []) }
    let ancestry = try git { () throws(GitError) -> Ancestry in
      guard try repository.contains(last) else { return .unknown }
      return try repository.isAncestor(last, of: commit)
    }
    switch ancestry {
    case .yes: return ([], [])
    case .no:
      return ([Change(.blocked, .folder("desired"), .blocked(.rewound(from: last)), [])], [])
    // Whoever can rewrite the branch could otherwise replay what was signed long ago.
    case .unknown where options.signers != nil:
      return ([Change(.blocked, .folder("desired"), .blocked(.rewound(from: last)), [])], [])
    case .unknown:
      return (
        [], ["history does not reach \(last): whether the commit descends from it was not checked"]
      )
    }
  }

  /// What the host demands to be signed and is not.
  private func unsigned(
    _ source: DesiredSource, _ observation: Observation, in repository: borrowing Repository
  ) throws(ReconcileError) -> [Change] {
    guard let signers = options.signers, let commit = source.commit, let tree = source.tree else {
      return []
    }
    var walk = SignatureWalk(signers, path: options.path)
    let step = SignatureWalk.Step(
      desired: commit, tree: tree, appliedTree: observation.desiredTree,
      appliedCommit: observation.lastDesiredCommit)
    return try walk.guards(step, in: repository).map {
      Change(.blocked, .folder("desired"), .blocked($0), [])
    }
  }

  private func lastApplied(
    _ observation: Observation, _ source: DesiredSource, _ desired: DesiredState,
    in repository: borrowing Repository
  ) throws(ReconcileError) -> DesiredState {
    guard let tree = observation.desiredTree else { return .empty }
    if tree == source.tree { return desired }
    let decoded = try git { () throws(GitError) in
      try DesiredSource.decode(tree: tree, in: repository)
    }
    guard let state = decoded.state else {
      throw .damagedLedger(
        path: "desired", reason: decoded.findings.first?.message ?? "is not valid")
    }
    return state
  }

  private func fileCounts(
    _ source: DesiredSource, _ observation: Observation, in repository: borrowing Repository
  ) throws(ReconcileError) -> PlanLimits.FileCounts {
    guard let old = observation.desiredTree, let new = source.tree, old != new else {
      return PlanLimits.FileCounts()
    }
    return try git { () throws(GitError) in
      PlanLimits.FileCounts(
        removed: try repository.changes(from: old, to: new).count { $0.kind == .removed },
        existing: try repository.files(in: old)?.files.count ?? 0)
    }
  }

  /// All changes: what is to be issued and revoked, then what of the published files is not what it
  /// should be.
  private func changes(
    desired: DesiredState, lastApplied: DesiredState, _ observation: Observation, tree: ObjectID?,
    files: PlanLimits.FileCounts
  ) throws(ReconcileError) -> [Change] {
    let planned = Planner.plan(
      desired: desired, lastApplied: lastApplied, published: observation.state, now: options.now,
      isWithholdingRoots: isWithholdingRoots,
      liftableProtections: allowances["protections"] ?? 0)
    let rendered = try PublishedTree(
      desired: desired, published: observation.state,
      at: observation.state.newestSigningTime ?? options.now
    ).files().mapValues { BlobID.of($0) }
    var changes = planned
    changes += PublishingPlanner.changes(
      rendered: rendered, published: observation.files, desired: desired,
      lastApplied: lastApplied, planned: planned, isFirst: observation.tip == nil)
    // A first apply has nothing before it that could be said otherwise.
    if observation.tip != nil {
      changes += QuietIntent.changes(desired: desired, lastApplied: lastApplied)
    }
    if changes.isEmpty, let tree, tree != observation.desiredTree {
      changes.append(
        Change(.publish, .folder("desired"), .paths(["desired"]), [.desiredTreeChanged]))
    }
    if changes.isEmpty, observation.isUnited {
      changes.append(
        Change(.publish, .folder(LedgerPath.folder), .paths([]), [.ledgersUnited]))
    }
    changes += PlanLimits.changes(
      limits: lastApplied.settings.limits, planned: changes, published: observation.state,
      now: options.now, files: files, allowances: allowances)
    return changes
  }

  // MARK: - The clock

  /// A clock that went back would sign CRLs that relying parties take for older ones.
  private func checkClock(_ observation: Observation) throws(ReconcileError) {
    guard let newest = observation.state.newestSigningTime else { return }
    if options.now < newest - Clock.skew { throw .clockBehind(now: options.now, newest: newest) }
  }
}
