package import Git
import PKI

/// Asks the planner what is due and what waits. Needs no key and no network, and writes nothing.
package struct StatusRun {
  let options: Options

  package init(_ options: Options) {
    self.options = options
  }

  package func report(
    in repository: borrowing Repository
  ) throws(ReconcileError) -> StatusReport {
    let branch = try PublishedBranch.find(options, in: repository)
    var options = options
    options.publishedBranch = branch.name
    let run = PlanningRun(options)
    guard let upkeep = try run.upkeep(in: repository), let tip = upkeep.observation.tip else {
      throw .damagedLedger(path: "desired", reason: "is missing")
    }
    let (intent, findings) = try intent(run, in: repository)
    let kept = upkeep.plan.changes.filter { $0.action != .blocked }
    let due = kept.filter { !$0.isDrift }
    let asked = (intent?.plan.changes ?? []).filter { $0.action != .blocked && !$0.isDrift }
    let state = upkeep.observation.state
    return StatusReport(
      branch: branch.name, now: options.now, lastRun: try lastRun(from: tip, in: repository),
      certificates: certificates(upkeep.lastApplied, state),
      revocationLists: revocationLists(upkeep.lastApplied, state), due: due,
      drift: kept.flatMap(\.driftedPaths).sorted(),
      pending: asked.filter { change in !due.contains { $0.isSame(as: change) } },
      blocked: (intent ?? upkeep).plan.blocked, findings: findings,
      warnings: upkeep.plan.warnings, suspension: state.suspension,
      unpushed: try options.upstream?.unpublished(branch.name, in: repository) ?? [],
      lapsed: upkeep.lastApplied.authorities.keys.sorted().filter {
        state.unexpired(of: $0, at: options.now).isEmpty
      },
      forecast: AccessForecast.listeners(
        desired: upkeep.lastApplied, published: state,
        at: state.newestSigningTime ?? options.now))
  }

  /// What the present desired state asks for; nil when it has findings or is not there, as on a host
  /// that follows the published branch alone.
  private func intent(
    _ run: PlanningRun, in repository: borrowing Repository
  ) throws(ReconcileError) -> (Planning?, [Finding]) {
    do throws(ReconcileError) {
      return (try run.plan(in: repository), [])
    } catch {
      switch error {
      case .findings(let findings): return (nil, findings)
      case .noDesiredState, .git(.unbornHead): return (nil, [])
      default: throw error
      }
    }
  }

  private func lastRun(
    from tip: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> StatusReport.Run {
    var commit = tip
    while commit.trailer("Plan-Digest") == nil, let parent = commit.parents.first {
      guard try git({ () throws(GitError) in try repository.contains(parent) }) else { break }
      commit = try git { () throws(GitError) in try repository.commit(parent) }
    }
    return StatusReport.Run(commit: commit.id, time: commit.committer.time)
  }

  // MARK: - What is there

  private func certificates(
    _ desired: DesiredState, _ state: PublishedState
  ) -> [StatusReport.Certificate] {
    let authorities = desired.authorities.keys.map { name in
      (name, "authority", desired.renewBefore(of: name))
    }
    let identities = desired.identities.values.map { identity in
      (identity.name, identity.kind.rawValue.lowercased(), Lifetime?.some(identity.renewBefore))
    }
    return (authorities + identities).compactMap { name, kind, renewBefore in
      guard let current = state.current(of: name), !state.isRevoked(current.id) else { return nil }
      let renewAt = renewBefore.map {
        RenewalDate.due(name: name, validity: current.facts.validity, renewBefore: $0)
      }
      return StatusReport.Certificate(
        name: name, kind: kind, notAfter: current.facts.notAfter,
        renewAt: renewAt ?? current.facts.notAfter)
    }.sorted { ($0.notAfter, $0.name) < ($1.notAfter, $1.name) }
  }

  private func revocationLists(
    _ desired: DesiredState, _ state: PublishedState
  ) -> [StatusReport.RevocationList] {
    state.authorityKeys.filter { !$0.isExpired(at: options.now) }.map { authority in
      let name = state.owner(of: authority)
      let key = authority.facts.keyID
      let list = state.revocationLists[key]
      return StatusReport.RevocationList(
        authority: name, key: key, number: list?.number, entryCount: list?.facts.count ?? 0,
        nextUpdate: list?.nextUpdate, freshness: freshness(list, desired.authorities[name]))
    }
  }

  private func freshness(
    _ list: PublishedRevocationList?, _ authority: Authority?
  ) -> StatusReport.RevocationList.Freshness {
    guard let list else { return .missing }
    if list.nextUpdate < options.now { return .stale }
    let refreshBefore =
      authority?.crl.refreshBefore ?? RevocationListSettings.standard.refreshBefore
    return list.nextUpdate - refreshBefore < options.now ? .due : .fresh
  }
}

extension Change {
  /// Whether somebody else's change to a published file is all that this repairs.
  var isDrift: Bool { !driftedPaths.isEmpty }

  var driftedPaths: [String] {
    reasons.flatMap { reason -> [String] in
      if case .drift(let paths) = reason { paths } else { [] }
    }
  }

  func isSame(as other: Change) -> Bool { action == other.action && subject == other.subject }
}
