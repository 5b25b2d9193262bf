import Foundation
import Git
import PKI

/// Where plans without changes are remembered, each by the published commit that it was made on.
///
/// A cache and nothing else: whatever is missing, damaged or of another program is made anew, and a
/// plan is the same with it and without. It holds names and dates of certificates and no keys.
package struct PlanCache: Sendable {
  private static let mostPlans = 8
  private static let fileLimit = 1 << 31

  let folder: String
  /// The program that remembers: one with other rules does not believe it.
  let maker: String

  package init(folder: String, maker: String) {
    self.folder = folder
    self.maker = maker
  }

  // MARK: - Finding

  func settled(on published: ObjectID) -> SettledPlan? {
    guard let bytes = read("\(published).json"),
      let json = try? JSONDecoder().decode(JSON.self, from: Data(bytes)),
      let settled = SettledPlan(json), settled.maker == maker, settled.published == published
    else { return nil }
    return settled
  }

  func index(of settled: SettledPlan) -> SettledIndex? {
    guard let bytes = read("\(settled.published).index"), settled.fits(index: bytes) else {
      return nil
    }
    return SettledIndex(bytes)
  }

  private func read(_ name: String) -> [UInt8]? {
    // Not even a cache that cannot be read stops a plan.
    try? HostFile.read("\(folder)/\(name)", limit: Self.fileLimit)
  }

  // MARK: - Remembering

  /// Remembers a plan that found nothing to do.
  func remember(_ planning: Planning, asOf now: Timestamp) {
    guard planning.plan.changes.isEmpty, planning.desiredTree == planning.observation.desiredTree,
      let tip = planning.observation.tip?.id
    else { return }
    remember(planning, published: planning.observation.state, on: tip, asOf: now)
  }

  /// Remembers that nothing is left to do once a plan has been carried out.
  ///
  /// - Parameter published: what it led to.
  func remember(
    _ planning: Planning, published: PublishedState, on commit: ObjectID, asOf now: Timestamp
  ) {
    let desired = planning.desired
    guard let tree = planning.desiredTree,
      let quietUntil = quietUntil(planning, published, now), now < quietUntil
    else { return }
    let index = index(planning, published, now).bytes
    let settled = SettledPlan(
      maker: maker, desired: tree, published: commit, settledAt: now, quietUntil: quietUntil,
      branch: desired.settings.publishBranch,
      warnings: Planner.warnings(desired: desired, published: published),
      isSimulated: published.isSimulated ?? false, index: index)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      // The plan comes last: it names what the index must be.
      try write(index, to: "\(commit).index")
      try write(settled.json.prettyBytes, to: "\(commit).json")
      try forgetOldest()
    } catch {
      // A full disk or a folder of somebody else's costs time, not correctness.
    }
  }

  private func quietUntil(
    _ planning: Planning, _ published: PublishedState, _ now: Timestamp
  ) -> Timestamp? {
    let own = Planner.quietUntil(desired: planning.desired, published: published, now: now)
    guard let own, let focus = planning.focus else { return own }
    return min(own, focus.index.firstDue(outside: focus.part) ?? .endOfTime)
  }

  private func index(
    _ planning: Planning, _ published: PublishedState, _ now: Timestamp
  ) -> SettledIndex {
    planning.focus.map { $0.index.replacing($0.part, published: published, now: now) }
      ?? SettledIndex(
        desired: planning.desired, published: published, commonFiles: planning.files.common,
        fileCount: planning.files.count, now: now)
  }

  private func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
  }

  private func forgetOldest() throws {
    let manager = FileManager.default
    let plans = try manager.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
      .map { name -> (String, Date) in
        let attributes = try manager.attributesOfItem(atPath: "\(folder)/\(name)")
        return (name, attributes[.modificationDate] as? Date ?? .distantPast)
      }.sorted { ($0.1, $0.0) > ($1.1, $1.0) }
    for (name, _) in plans.dropFirst(Self.mostPlans) {
      try manager.removeItem(atPath: "\(folder)/\(name)")
      try? manager.removeItem(atPath: "\(folder)/\(name.dropLast(5)).index")
    }
  }
}
