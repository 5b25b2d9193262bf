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
  let files: DesiredSource.FileSummary
  /// Set where both states are a part of what there is.
  let focus: Focus?
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
    on branch: String? = nil, in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning? {
    let branch = options.publishedBranch ?? branch ?? Self.standardBranch
    guard let tip = try tip(of: branch, in: repository).id else { return nil }
    let commit = try git { () throws(GitError) in try repository.commit(tip) }
    let tree = try git { () throws(GitError) in
      try repository.entry(at: "desired", in: commit.tree)
    }
    guard let tree else { return nil }
    let source = try git { () throws(GitError) in
      try DesiredSource.tree(tree.id, in: repository)
    }
    return try plan(source, on: branch, in: repository)
  }

  /// - Parameter fromWorkTree: reads desired state as it is being edited.
  package func plan(
    fromWorkTree: Bool = false, in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning {
    let (source, early) = try read(fromWorkTree: fromWorkTree, in: repository)
    return try plan(source, early: early, in: repository)
  }

  /// What was read of the published branch before it was known that it is the one.
  package struct EarlyObservation: Sendable {
    let tip: ObjectID
    let result: Result<Observation, ReconcileError>
  }

  /// Reads desired state, and meanwhile the branch on which most of it is published.
  func read(
    fromWorkTree: Bool = false, in repository: borrowing Repository
  ) throws(ReconcileError) -> (DesiredSource, EarlyObservation?) {
    // What is wrong with the branch is said when it is the one.
    guard
      let tip = try? tip(of: options.publishedBranch ?? Self.standardBranch, in: repository).id
    else { return (try source(fromWorkTree: fromWorkTree, in: repository), nil) }
    let (folder, observer) = (repository.commonFolder, Observer(now: options.now))
    let (read, observed) = Concurrently.run(
      { () throws(ReconcileError) in
        try source(fromWorkTree: fromWorkTree, in: repository)
      },
      beside: { () throws(ReconcileError) in
        // Handles of libgit2's are not shared between threads.
        let own = try git { () throws(GitError) in try Repository(at: folder) }
        return try observer.observe(tip, in: own)
      })
    return (try read.get(), EarlyObservation(tip: tip, result: observed))
  }

  private func source(
    fromWorkTree: Bool, in repository: borrowing Repository
  ) throws(ReconcileError) -> DesiredSource {
    fromWorkTree
      ? try DesiredSource.workTree(path: options.path, base: options.base, in: repository)
      : try DesiredSource.commit(
        options.revision, path: options.path, base: options.base, in: repository)
  }

  package func plan(
    _ source: DesiredSource, on branch: String? = nil, early: EarlyObservation? = nil,
    in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning {
    let desired = try source.state()
    let branch =
      branch ?? options.publishedBranch ?? source.publishBranch ?? Self.standardBranch
    let tip = try tip(of: branch, in: repository)
    let observation =
      try early?.tip == tip.id
      ? early?.result.get() ?? .nothing
      : Observer(now: options.now).observe(tip.id, in: repository)
    try checkClock(observation)
    let planning = try plan(
      Input(
        source: source, desired: desired,
        lastApplied: try lastApplied(observation, source, desired, in: repository),
        observation: observation, branch: branch, tip: tip,
        files: try fileCounts(source, observation, in: repository)),
      in: repository
    ).planning
    settled(source)?.remember(planning, asOf: options.now)
    return planning
  }

  /// What a plan is made from: both states, whole or as much of them as decides.
  struct Input {
    let source: DesiredSource
    let desired: DesiredState
    let lastApplied: DesiredState
    let observation: Observation
    let branch: String
    let tip: Tip
    let files: PlanLimits.FileCounts
    /// How many certificates are in force, when that cannot be counted in the state.
    var inForce: Int?
    /// Set where both states are a part of what there is.
    var focus: Focus?
  }

  /// A plan, and what tells whether part of the states was enough for it.
  struct Made {
    let planning: Planning
    /// Whether something changes for everybody below an issuer, or nobody seems to be left.
    let isSweeping: Bool
  }

  func plan(
    _ input: Input, in repository: borrowing Repository
  ) throws(ReconcileError) -> Made {
    let (source, observation) = (input.source, input.observation)
    let (desired, lastApplied) = (input.desired, input.lastApplied)
    let (rewind, warnings) = try rewind(source, observation, in: repository)
    let unsigned = try unsigned(source, observation, in: repository)
    let planned = Planner.plan(
      desired: desired, lastApplied: lastApplied, published: observation.state, now: options.now,
      isWithholdingRoots: isWithholdingRoots,
      liftableProtections: allowances["protections"] ?? 0)
    let changes =
      try self.changes(planned, input) + rewind + unsigned
      + policyChanges(source, desired, lastApplied)
    let access = AccessComparison.report(
      desired: desired, lastApplied: lastApplied, published: observation.state,
      planned: changes, now: options.now)
    let emptied = NeverToZero.changes(
      planned: changes, published: observation.state, doors: access.emptied, now: options.now,
      allowances: input.focus == nil ? allowances : [:])
    let plan = Plan(
      source: Plan.Source(
        desiredCommit: source.commit?.id ?? lastCommit(source, observation),
        publishedCommit: input.tip.id, publishedBranch: input.branch, path: options.path),
      now: options.now, changes: changes + emptied,
      warnings: observation.warnings + warnings + [source.policyNote].compactMap(\.self)
        + (options.signers != nil && source.tree == nil
          ? ["the work tree is not signed: who signs the change was not checked"] : [])
        + input.tip.warnings(branch: input.branch)
        + Planner.warnings(desired: desired, published: observation.state),
      causes: Causes.commits(
        for: changes, from: source.commit, path: options.path,
        lastApplied: observation.lastDesiredCommit, in: repository),
      access: access.changes)
    return Made(
      planning: Planning(
        plan: plan, desired: desired, lastApplied: lastApplied, desiredTree: source.tree,
        observation: observation, branch: input.branch, isWithholdingRoots: isWithholdingRoots,
        files: source.files, focus: input.focus),
      isSweeping: access.isSweeping || !emptied.isEmpty)
  }

  /// The newest published commit, of this repository or, where a clone has not made the branch its
  /// own, of its origin: taking that for an empty CA would propose a second one.
  func tip(
    of branch: String, in repository: borrowing Repository
  ) throws(ReconcileError) -> Tip {
    if let upstream = options.upstream {
      return Tip(id: try upstream.tip(of: branch, in: repository), isRemote: false)
    }
    let local = try git { () throws(GitError) in try repository.reference("refs/heads/\(branch)") }
    try PublishedMark.check(local, of: branch, in: repository)
    if let local { return Tip(id: local, isRemote: false) }
    let remote = try git { () throws(GitError) in
      try repository.reference("refs/remotes/origin/\(branch)")
    }
    return Tip(id: remote, isRemote: remote != nil)
  }

  struct Tip {
    let id: ObjectID?
    /// Whether it is origin's because there is no branch of this repository's own.
    let isRemote: Bool

    func warnings(branch: String) -> [String] {
      isRemote ? ["there is no local branch \(branch): origin's was read"] : []
    }
  }

  /// Upkeep runs on what was applied last, and is recorded as such.
  func lastCommit(_ source: DesiredSource, _ observation: Observation) -> ObjectID? {
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
  func unsigned(
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
    _ planned: [Change], _ input: Input
  ) throws(ReconcileError) -> [Change] {
    let (desired, lastApplied) = (input.desired, input.lastApplied)
    let observation = input.observation
    let rendered = try PublishedTree(
      desired: desired, published: observation.state,
      at: observation.state.newestSigningTime ?? options.now, others: input.focus.others
    ).files().mapValues(\.id)
    var changes = planned
    changes += PublishingPlanner.changes(
      rendered: rendered, published: observation.files, desired: desired,
      lastApplied: lastApplied, planned: planned, isFirst: observation.tip == nil)
    // A first apply has nothing before it that could be said otherwise, and the same tree says it again.
    if observation.tip != nil,
      input.source.tree == nil || input.source.tree != observation.desiredTree
    {
      changes += QuietIntent.changes(desired: desired, lastApplied: lastApplied)
    }
    if changes.isEmpty, let tree = input.source.tree, tree != observation.desiredTree {
      changes.append(
        Change(.publish, .folder("desired"), .paths(["desired"]), [.desiredTreeChanged]))
    }
    if changes.isEmpty, observation.isUnited {
      changes.append(
        Change(.publish, .folder(LedgerPath.folder), .paths([]), [.ledgersUnited]))
    }
    changes += PlanLimits.changes(
      limits: lastApplied.settings.limits, planned: changes, published: observation.state,
      now: options.now, files: input.files, allowances: allowances, inForce: input.inForce)
    return changes
  }

  // MARK: - The clock

  /// A clock that went back would sign CRLs that relying parties take for older ones.
  func checkClock(_ observation: Observation) throws(ReconcileError) {
    guard let newest = observation.state.newestSigningTime else { return }
    if options.now < newest - Clock.skew { throw .clockBehind(now: options.now, newest: newest) }
  }
}
