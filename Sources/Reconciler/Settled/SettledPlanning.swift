package import Git
package import PKI

extension PlanningRun {
  /// The plan for people, from what an earlier plan left where that is enough, and otherwise from
  /// both states whole. It is the same plan either way.
  package func review(
    fromWorkTree: Bool = false, in repository: borrowing Repository
  ) throws(ReconcileError) -> Plan {
    if !fromWorkTree, let ground = try settledGround(in: repository) {
      if let plan = try quietPlan(on: ground, in: repository) { return plan }
      if let planning = try focused(on: ground, in: repository) { return planning.plan }
    }
    return try plan(fromWorkTree: fromWorkTree, in: repository).plan
  }

  /// A planning from what an earlier plan left and a small part of both states; nil where that is not
  /// enough.
  func focused(in repository: borrowing Repository) throws(ReconcileError) -> Planning? {
    guard let ground = try settledGround(in: repository) else { return nil }
    return try focused(on: ground, in: repository)
  }

  /// ``upkeep(on:in:)`` from a small part of both states; nil where that is not enough.
  ///
  /// - Parameter intent: a planning from another part of the same states.
  func focusedUpkeep(
    beside intent: Planning, in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning? {
    guard let ground = try settledGround(in: repository),
      ground.tip.id == intent.observation.tip?.id
    else { return nil }
    return try focused(on: ground.asLastApplied, index: intent.focus?.index, in: repository)
  }

  private func focused(
    on ground: Ground, index: SettledIndex? = nil, in repository: borrowing Repository
  ) throws(ReconcileError) -> Planning? {
    try FocusedPlanning(run: self, ground: ground, index: index)?.planning(in: repository)
  }

  /// Whether an earlier plan found nothing to do and nothing has changed or fallen due since.
  ///
  /// - Returns: nil when that is not known; else whether the branch has simulated time.
  func isQuiet(in repository: borrowing Repository) throws(ReconcileError) -> Bool? {
    guard let ground = try settledGround(in: repository),
      try quietPlan(on: ground, in: repository) != nil
    else { return nil }
    return ground.settled.isSimulated
  }

  /// The memory for plans from a tree.
  func settled(_ source: DesiredSource) -> PlanCache? {
    source.tree == nil || source.policiesInForce != nil ? nil : options.cache
  }

  /// What an earlier plan left, with where the two states stand now.
  struct Ground {
    let cache: PlanCache
    let settled: SettledPlan
    let head: Observer.Head
    let tip: Tip
    let branch: String
    /// The present commit; nil for what was applied last.
    let commit: CommitInfo?
    /// Its tree of desired state.
    let tree: ObjectID

    var asLastApplied: Ground {
      Ground(
        cache: cache, settled: settled, head: head, tip: tip, branch: branch, commit: nil,
        tree: settled.desired)
    }
  }

  private func settledGround(
    in repository: borrowing Repository
  ) throws(ReconcileError) -> Ground? {
    guard let cache = options.cache, options.base == nil else { return nil }
    let branch = options.publishedBranch ?? Self.standardBranch
    let tip = try tip(of: branch, in: repository)
    guard let id = tip.id, let settled = cache.settled(on: id),
      options.publishedBranch != nil || settled.branch ?? Self.standardBranch == branch,
      let (commit, tree) = desiredTree(in: repository)
    else { return nil }
    let head = try Observer(now: options.now).head(id, in: repository)
    guard head.desiredTree == settled.desired, !head.isUnited, settled.settledAt <= options.now
    else { return nil }
    return Ground(
      cache: cache, settled: settled, head: head, tip: tip, branch: branch, commit: commit,
      tree: tree)
  }

  /// nil where planning itself will say what is wrong.
  private func desiredTree(
    in repository: borrowing Repository
  ) -> (CommitInfo, ObjectID)? {
    guard let commit = try? repository.resolve(options.revision),
      let entry = try? repository.entry(at: options.path, in: commit.tree), entry.kind == .folder
    else { return nil }
    return (commit, entry.id)
  }

  /// The empty plan, while it still is.
  private func quietPlan(
    on ground: Ground, in repository: borrowing Repository
  ) throws(ReconcileError) -> Plan? {
    guard let commit = ground.commit, ground.tree == ground.settled.desired,
      ground.settled.isQuiet(at: options.now)
    else { return nil }
    let observation = try Observer(now: options.now).outline(of: ground.head, in: repository)
    try checkClock(observation)
    let source = DesiredSource(
      commit: commit, tree: ground.tree, decoded: .state(.empty), publishBranch: nil)
    guard try unsigned(source, observation, in: repository).isEmpty else { return nil }
    return Plan(
      source: Plan.Source(
        desiredCommit: commit.id, publishedCommit: ground.tip.id,
        publishedBranch: ground.branch, path: options.path),
      now: options.now, changes: [],
      warnings: observation.warnings + ground.tip.warnings(branch: ground.branch)
        + ground.settled.warnings)
  }
}
