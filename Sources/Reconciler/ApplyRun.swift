package import Cryptography
package import Git
package import Logging
package import PKI

/// One run of apply: lock, plan, ask, carry out, and again from the start when another run was
/// faster.
package struct ApplyRun {
  private static let mostAttempts = 10

  package enum Outcome: Sendable {
    case nothingToDo
    /// Another run has made everything that was reviewed.
    case alreadyApplied
    case declined
    case applied(Application.Outcome)
  }

  package struct Result: Sendable {
    package let outcome: Outcome
    /// Why new intent was not carried out although upkeep was.
    package let pending: ReconcileError?
    /// What waits for somebody's approval, of a run that carries out no more than it may.
    package let waiting: [Change]
    /// Why what was applied has not reached the remote.
    package var unpushed: ReconcileError? = nil
    /// What an earlier run could not push and is on the remote now.
    package var delivered: ObjectID? = nil
  }

  /// How much of what desired state asks for is carried out.
  package enum Scope: Hashable, Sendable {
    /// All of it, after approval.
    case everything
    /// What is due anyway, and what the settings last applied permit: see ``UnattendedRule``.
    case permitted
    /// All of it, also while new changes are suspended: a revocation cannot wait.
    case emergency
  }

  let options: Options
  let allowances: [String: Int]
  let passphrase: Passphrase?
  /// Nobody is asked: what needs somebody's word must be allowed by name.
  let isUnattended: Bool
  let scope: Scope
  /// What may be carried out, when it was reviewed before.
  let reviewed: ReviewedPlan?
  let emergency: Emergency?
  let progress: RunProgress.Observer
  let logger: Logger

  package init(
    options: Options, allowances: [String: Int], passphrase: Passphrase?, isUnattended: Bool,
    scope: Scope = .everything, reviewed: ReviewedPlan? = nil,
    emergency: Emergency? = nil, progress: @escaping RunProgress.Observer = { _ in },
    logger: Logger = Logger(label: "certwright", factory: { _ in SwiftLogNoOpLogHandler() })
  ) {
    self.logger = logger
    self.progress = progress
    self.reviewed = reviewed
    self.scope = scope
    self.emergency = emergency
    self.isUnattended = isUnattended
    self.options = options
    self.allowances = allowances
    self.passphrase = passphrase
  }

  /// - Parameter approve: shows the plan and says whether to go on.
  package func run(
    in repository: borrowing Repository, approve: (Planning) throws -> Bool
  ) throws -> Result {
    let lock = try repository.runLock(at: options.clock)
    defer {
      for warning in options.upstream?.warnings ?? [] { logger.warning("\(warning)") }
      withExtendedLifetime(lock) {}
    }
    for count in 0..<Self.mostAttempts {
      if var result = try attempt(in: repository, approve) {
        result.delivered = options.upstream?.delivered
        return result
      }
      logger.notice("another run moved the published branch first: planning again")
      options.upstream?.pause(after: count)
    }
    throw ReconcileError.lostRace(
      branch: options.publishedBranch ?? PlanningRun.standardBranch)
  }

  /// - Returns: nil when the race for the branch was lost.
  private func attempt(
    in repository: borrowing Repository, _ approve: (Planning) throws -> Bool
  ) throws -> Result? {
    try options.upstream?.begin(
      in: repository, at: options.now, signingKey: options.signingKey)
    let choice = try chosen(in: repository)
    let (planning, pending, waiting) = (choice.planning, choice.pending, choice.waiting)
    if let planning {
      try checkTime(isSimulated: planning.observation.state.isSimulated)
    }
    // Nothing else may pass for what was reviewed, or for the revocation that was asked for.
    if let pending, reviewed != nil || scope == .emergency { throw pending }
    if let planning, try isApplied(planning, in: repository) {
      return Result(outcome: .alreadyApplied, pending: nil, waiting: [])
    }
    guard let planning, planning.plan.changes.contains(where: { $0.action != .blocked }) else {
      if let pending { throw pending }
      return Result(outcome: .nothingToDo, pending: nil, waiting: waiting)
    }
    try BranchCheck.requireWritable(
      planning.branch, hasTip: planning.observation.tip != nil, in: repository)
    if isUnattended { try requireConsent(planning.plan) }
    guard try approve(planning) else {
      return Result(outcome: .declined, pending: pending, waiting: waiting)
    }
    let application = Application(
      options, keys: try openKeys(), emergency: emergency, progress: progress)
    logger.info("carrying out \(planning.plan.changes.count) changes on \(planning.branch)")
    guard let outcome = try application.apply(planning, in: repository) else { return nil }
    logger.info("moved \(planning.branch) to \(outcome.commit)")
    return Result(
      outcome: .applied(outcome), pending: pending, waiting: waiting,
      unpushed: options.upstream?.unpushed)
  }

  /// Whether a reviewed plan has nothing left to do; a different one is refused.
  private func isApplied(
    _ planning: Planning, in repository: borrowing Repository
  ) throws(ReconcileError) -> Bool {
    guard let reviewed else { return false }
    try reviewed.requireFresh(at: options.now)
    switch try reviewed.agreement(with: planning, in: repository) {
    case .same: return false
    case .applied: return true
    case .stale(let comparison):
      throw .stale(
        comparison.vanished.map { "no longer asked for: \($0)" }
          + comparison.added.map { "not reviewed: \($0)" })
    }
  }

  /// What is to be carried out, and why it is not all that desired state asks for.
  private struct Choice {
    /// nil when there is nothing that could be kept up.
    var planning: Planning?
    var pending: ReconcileError?
    var waiting: [Change] = []
  }

  /// All that desired state asks for, or, when that may not be, the upkeep of what was applied last.
  private func chosen(
    in repository: borrowing Repository
  ) throws(ReconcileError) -> Choice {
    if let choice = try hindered(on: nil, in: repository) { return choice }
    let run = PlanningRun(
      options, allowances: allowances, isWithholdingRoots: withholdsReviewedRoots)
    if reviewed == nil, scope != .emergency, let isSimulated = try run.isQuiet(in: repository) {
      try checkTime(isSimulated: isSimulated)
      return Choice(planning: nil)
    }
    // A root that waits for somebody's word must not keep CRLs and leaves from being renewed.
    let careful = PlanningRun(
      options, allowances: allowances, isWithholdingRoots: isUnattended || withholdsReviewedRoots)
    if let choice = try focused(run, careful, in: repository) { return choice }
    let (source, early) = try run.read(in: repository)
    if let choice = try hindered(on: branch(of: source), in: repository) { return choice }
    let findings = source.decoded.findings
    guard findings.isEmpty else {
      return Choice(
        planning: try careful.upkeep(on: branch(of: source), in: repository),
        pending: .findings(findings))
    }
    let intent = try run.plan(source, early: early, in: repository)
    if let refusal = refusal(of: intent) {
      return Choice(
        planning: try careful.upkeep(on: branch(of: source), in: repository), pending: refusal)
    }
    if isUpkeepAsked(intent) {
      let upkeep = try careful.upkeep(on: branch(of: source), in: repository)
      if let choice = upkeepAlone(intent, upkeep) { return choice }
    }
    guard isUnattended, let missing = missingConsent(intent.plan) else {
      return Choice(planning: intent)
    }
    return Choice(
      planning: intent.plan.newAuthorities.count > allowedAuthorities
        ? try careful.upkeep(on: branch(of: source), in: repository)
        : try careful.plan(source, in: repository),
      pending: missing)
  }

  /// A root that became due after the review was not agreed to.
  private var withholdsReviewedRoots: Bool {
    guard let reviewed, allowedAuthorities == 0 else { return false }
    return !reviewed.renewsAuthorities
  }

  /// Upkeep, where the remotes are out of reach or a commit still waits to be pushed.
  ///
  /// - Parameter branch: the published branch; nil while that is not known.
  private func hindered(
    on branch: String?, in repository: borrowing Repository
  ) throws(ReconcileError) -> Choice? {
    guard let upstream = options.upstream else { return nil }
    var options = options
    if let branch {
      try upstream.adopt(branch, in: repository)
    } else if options.publishedBranch == nil, upstream.hindrance != nil {
      options.publishedBranch = try upstream.knownBranches(in: repository).first
    }
    // A revocation cannot wait for a server.
    guard upstream.hindrance != nil, scope != .emergency else { return nil }
    let careful = PlanningRun(options, allowances: allowances, isWithholdingRoots: true)
    let planning = try careful.upkeep(on: branch, in: repository)
    return Choice(planning: planning, pending: upstream.hindrance)
  }

  private func branch(of source: DesiredSource) -> String {
    options.publishedBranch ?? source.publishBranch ?? PlanningRun.standardBranch
  }

  /// Whether something of the intent may have to wait for approval or for the end of a suspension.
  private func isUpkeepAsked(_ intent: Planning) -> Bool {
    scope == .permitted || scope != .emergency && intent.observation.state.suspension != nil
  }

  /// Upkeep, where something of the intent does have to wait.
  private func upkeepAlone(_ intent: Planning, _ upkeep: Planning?) -> Choice? {
    let suspension = intent.observation.state.suspension
    let rule = suspension == nil ? UnattendedRule(intent.lastApplied.settings) : .upkeepAlone
    let waiting = rule.waiting(intent.plan.changes, upkeep: upkeep?.plan.changes ?? [])
    guard !waiting.isEmpty else { return nil }
    return Choice(planning: upkeep, pending: suspension.map { .suspended($0) }, waiting: waiting)
  }

  /// The choice, from a small part of both states; nil where that is not enough, or where there is
  /// something to be told that takes all of them.
  private func focused(
    _ run: PlanningRun, _ careful: PlanningRun, in repository: borrowing Repository
  ) throws(ReconcileError) -> Choice? {
    guard let intent = try run.focused(in: repository) else { return nil }
    if let choice = try hindered(on: intent.branch, in: repository) { return choice }
    guard refusal(of: intent) == nil, !isUnattended || missingConsent(intent.plan) == nil else {
      return nil
    }
    if let reviewed {
      guard case .same? = try? reviewed.agreement(with: intent, in: repository) else { return nil }
    }
    guard isUpkeepAsked(intent) else { return Choice(planning: intent) }
    guard let upkeep = try careful.focusedUpkeep(beside: intent, in: repository) else { return nil }
    return upkeepAlone(intent, upkeep) ?? Choice(planning: intent)
  }
}

// MARK: - What must be true before anything is signed

extension ApplyRun {
  private func openKeys() throws(ReconcileError) -> FolderKeyStore {
    do throws(KeyStoreError) {
      return try FolderKeyStore(options.keys, passphrase: passphrase, .writing)
    } catch {
      throw .keys(error)
    }
  }

  /// Why new intent may not be carried out, if it may not.
  private func refusal(of planning: Planning) -> ReconcileError? {
    let blocked = planning.plan.blocked.filter { !$0.holdsBackOnlyItself }
    return blocked.isEmpty ? nil : .blocked(blocked)
  }

  /// Signing under another time than the clock's makes certificates and CRLs that nobody can trust,
  /// unless the branch was made for trying things out.
  ///
  /// - Parameter published: whether the branch was born with simulated time; nil before it is.
  private func checkTime(isSimulated published: Bool?) throws(ReconcileError) {
    let isSimulated = published ?? options.isSimulated
    if options.isSimulated, !isSimulated {
      throw .simulationMismatch
    }
    guard let at = options.at, !isSimulated else { return }
    let distance = at < options.clock ? (at, options.clock) : (options.clock, at)
    if distance.0 + Clock.skew < distance.1 {
      throw .simulatedTimeRefused(at: at, now: options.clock)
    }
  }

  /// Authorities' keys and roots' renewals need somebody's word, which `--auto-approve` alone is not.
  package func requireConsent(_ plan: Plan) throws(ReconcileError) {
    if let missing = missingConsent(plan) { throw missing }
  }

  private var allowedAuthorities: Int { allowances["authorities"] ?? 0 }

  private func missingConsent(_ plan: Plan) -> ReconcileError? {
    let authorities = plan.newAuthorities + plan.renewedRoots
    return authorities.count > allowedAuthorities
      ? .consentNeeded(authorities: authorities) : nil
  }
}
