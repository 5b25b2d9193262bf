package import Cryptography
package import Git
package import PKI

/// Carries a plan out: keys, signatures, checks, objects, and then one move of one reference.
///
/// Everything before that move leaves at most unused keys and objects; after it everything is there.
package struct Application {
  let options: Options
  let keys: FolderKeyStore
  let progress: RunProgress.Observer
  let emergency: Emergency?

  package init(
    _ options: Options, keys: FolderKeyStore, emergency: Emergency? = nil,
    progress: @escaping RunProgress.Observer = { _ in }
  ) {
    self.emergency = emergency
    self.options = options
    self.progress = progress
    self.keys = keys
  }

  /// What an apply came to.
  package struct Outcome: Sendable {
    package let commit: ObjectID
    package let record: RunRecord
  }

  /// - Returns: nil when another run moved the branch first; observe and plan again.
  package func apply(
    _ planning: Planning, in repository: borrowing Repository
  ) throws(ReconcileError) -> Outcome? {
    let signing = options.now
    let before = planning.observation.state
    let plan = planning.plan
    let events = recorded(plan, from: before, signing: signing)
    let recordedState = before.adding(events: events)
    let issued = try Issuance(keys: keys, signing: signing, progress: progress)
      .issue(plan.plannedCertificates, onto: recordedState)
    let lists = try RevocationListSigning(keys: keys, signing: signing).sign(
      plan.plannedRevocationLists, from: issued.state)
    let after = issued.state.adding(revocationLists: lists)
      .signed(at: signing, isSimulated: before.isSimulated ?? options.isSimulated)
    try PathCheck(state: after, signing: signing, progress: progress).check(issued)
    let isSettled = try requireNothingLeft(planning, after)
    progress(RunProgress(step: .publishing, done: 0, total: 0))
    let record = RunRecord(
      plan: plan, signing: signing, certificates: issued.certificates, revocationLists: lists,
      emergency: emergency)
    let outcome = try Publication(options: options).publish(
      planning, state: after, events: events, record: record, in: repository)
    if let outcome, isSettled {
      options.cache?.remember(planning, published: after, on: outcome.commit, asOf: signing)
    }
    return outcome
  }

  /// The plan's events as records; a revocation is dated by the CRL that will carry it.
  private func recorded(
    _ plan: Plan, from state: PublishedState, signing: Timestamp
  ) -> [LedgerEvent] {
    plan.plannedEvents.map { event in
      let previous = state.revocationLists[event.id.issuer]?.thisUpdate
      return event.recorded(
        at: signing,
        revocationDate: Clock.thisUpdate(signing: signing, previous: previous))
    }
  }

  /// Planning again must find nothing to do: what would be done again at the next run, or undone, is
  /// a fault that must not be published.
  ///
  /// - Returns: whether nothing is held back either.
  private func requireNothingLeft(
    _ planning: Planning, _ after: PublishedState
  ) throws(ReconcileError) -> Bool {
    let again = Planner.plan(
      desired: planning.desired, lastApplied: planning.desired, published: after,
      now: options.now, isWithholdingRoots: planning.isWithholdingRoots)
    let left = again.filter { $0.action != .blocked }.prefix(3)
    guard left.isEmpty else {
      let names = left.map { "\($0.action.rawValue) \($0.subject.name)" }
      throw .checkFailed(
        subject: "the plan", reason: "planning again finds \(names.joined(separator: ", "))")
    }
    return again.isEmpty
  }
}

extension PublishedState {
  func signed(at time: Timestamp, isSimulated: Bool) -> PublishedState {
    PublishedState(
      certificates: certificates, events: events, revocationLists: revocationLists,
      isSimulated: isSimulated, newestSigningTime: time, suspension: suspension)
  }
}
