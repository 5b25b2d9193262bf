package import Git
package import PKI

/// The published branch that a command reads: its name and its newest commit.
package struct PublishedBranch: Sendable {
  /// Without `refs/heads/`.
  package let name: String
  package let tip: ObjectID

  /// Finds the branch that the options name, or desired state's settings, or the standard one.
  ///
  /// In a clone that only follows the branch, the remote's is as good: nothing is written to it.
  ///
  /// - Throws: ``ReconcileError/invalid(_:hint:)`` when there is no such branch.
  package static func find(
    _ options: Options, in repository: borrowing Repository
  ) throws(ReconcileError) -> PublishedBranch {
    let name = options.publishedBranch ?? declaredName(options, in: repository)
    if let upstream = options.upstream, let tip = try upstream.tip(of: name, in: repository) {
      return PublishedBranch(name: name, tip: tip)
    }
    for reference in ["refs/heads/\(name)", "refs/remotes/origin/\(name)"] {
      let tip = try git { () throws(GitError) in try repository.reference(reference) }
      if let tip { return PublishedBranch(name: name, tip: tip) }
    }
    throw .invalid(
      "there is no branch \"\(name)\" in \"\(repository.commonFolder)\"",
      hint: "certwright apply makes it; --published names another one")
  }

  /// The branch that desired state names. Whoever only reads what is published may have no desired
  /// state at all, and one with findings still leaves the standard branch to look at.
  private static func declaredName(
    _ options: Options, in repository: borrowing Repository
  ) -> String {
    let source = try? DesiredSource.commit(options.revision, path: options.path, in: repository)
    let state = try? source?.state()
    return state?.settings.publishBranch ?? PlanningRun.standardBranch
  }
}
