/// The settings of the whole desired state: at most one document.
package struct Settings: Hashable, Sendable {
  /// How many of something one run may do before it is refused.
  package enum Limit: Hashable, Sendable {
    case count(Int)
    /// Of what exists, 0 to 100.
    case percent(Int)
  }

  package struct Limits: Hashable, Sendable {
    package let issues: Limit?
    package let reissues: Limit?
    package let revocations: Limit?
    package let retirements: Limit?
    package let removedFiles: Limit?
    /// Below this many, percentages do not apply.
    package let minimum: Int

    package init(
      issues: Limit?, reissues: Limit?, revocations: Limit?, retirements: Limit?,
      removedFiles: Limit?, minimum: Int
    ) {
      self.issues = issues
      self.reissues = reissues
      self.revocations = revocations
      self.retirements = retirements
      self.removedFiles = removedFiles
      self.minimum = minimum
    }

    package static let standard = Limits(
      issues: nil, reissues: .percent(30), revocations: .percent(10), retirements: .percent(30),
      removedFiles: nil, minimum: 10)
  }

  package let place: Place?
  package let limits: Limits
  /// The published branch, unless the command line names one.
  package let publishBranch: String?
  /// What the scheduled job may carry out although nobody approved it there.
  package let unattended: Set<Change.Action>

  package init(
    place: Place?, limits: Limits, publishBranch: String?, unattended: Set<Change.Action> = []
  ) {
    self.place = place
    self.limits = limits
    self.publishBranch = publishBranch
    self.unattended = unattended
  }

  package static let standard = Settings(place: nil, limits: .standard, publishBranch: nil)
}
