package import Git
package import PKI

/// A Revocation that is applied before it is reviewed: a document on a branch of its own, on top of
/// the desired state last applied, so that nothing else comes with it.
package struct EmergencyRevocation {
  private static let compression = 1

  let options: Options
  /// The name of an identity or authority, or a serial number in hexadecimal.
  let target: String
  let reason: RevocationReason
  /// Revokes what there is and issues the identity anew.
  let isReplacing: Bool
  /// The folder of desired state that the document is written to; nil finds one.
  let folder: String?

  package init(
    _ options: Options, target: String, reason: RevocationReason, isReplacing: Bool, folder: String?
  ) {
    self.options = options
    self.target = target
    self.reason = reason
    self.isReplacing = isReplacing
    self.folder = folder
  }

  /// The commit that says so, not yet on any branch.
  package struct Prepared: Sendable {
    package let emergency: Emergency
    /// The document's path below desired state.
    package let path: String
    package let publishedBranch: String
  }

  /// Writes the document and its commit.
  ///
  /// - Throws: when there is nothing to revoke, or every folder's policy refuses the document.
  package func prepare(in repository: borrowing Repository) throws(ReconcileError) -> Prepared {
    let source = try? DesiredSource.commit(options.revision, path: options.path, in: repository)
    let upkeep = try PlanningRun(options).upkeep(on: source?.publishBranch, in: repository)
    guard let upkeep, let tree = upkeep.desiredTree,
      let last = upkeep.observation.lastDesiredCommit
    else {
      throw .invalid("nothing has been applied yet, so there is nothing to revoke", hint: nil)
    }
    guard try git({ () throws(GitError) in try repository.contains(last) }) else {
      throw .invalid(
        "the desired commit last applied, \(last), is not in this repository",
        hint: "fetch it: git fetch --unshallow, or name the repository that has it")
    }
    let subject = try RevocationSubject.find(
      target, in: upkeep.observation.state, isReplacing: isReplacing, at: options.now)
    let by = try Operator.name(in: repository)
    let text = document(subject, by: by)
    let (path, desired) = try place(text, subject, onto: tree, upkeep.lastApplied, in: repository)
    let commit = try commit(desired, onto: last, subject, in: repository)
    return Prepared(
      emergency: Emergency(by: by, branch: branch(subject), commit: commit, base: last),
      path: path, publishedBranch: upkeep.branch)
  }

  /// Puts the commit on its branch, where it can be reviewed.
  package func createBranch(
    _ prepared: Prepared, in repository: borrowing Repository
  ) throws(ReconcileError) {
    let by = try Operator.signature(in: repository, at: options.now)
    let emergency = prepared.emergency
    let update = try git { () throws(GitError) in
      try repository.updateReference(
        "refs/heads/\(emergency.branch)", to: emergency.commit, expecting: nil, by: by,
        message: "certwright: revoke \(target)")
    }
    if case .lost(let found) = update, found != emergency.commit {
      throw .invalid("the branch \"\(emergency.branch)\" exists already", hint: "try again")
    }
    try options.upstream?.keepUnsent(emergency.commit, branch: emergency.branch, in: repository)
  }

  /// Puts the branch where a pull request can be opened from; nothing to do without a remote.
  ///
  /// - Returns: why that was not possible, and what to do.
  package func pushBranch(
    _ prepared: Prepared, in repository: borrowing Repository
  ) -> ReconcileError? {
    guard let upstream = options.upstream else { return nil }
    let emergency = prepared.emergency
    do throws(ReconcileError) {
      try upstream.pushDesired(emergency.commit, branch: emergency.branch, in: repository)
      try upstream.drop(CloneReferences.unsent(emergency.branch), repository)
      return nil
    } catch {
      return .invalid(
        "the revocation is applied, but the branch \"\(emergency.branch)\" could not be pushed:"
          + " \(error.message)",
        hint: "push it by hand: git --git-dir \(upstream.folder.path) push \(upstream.desired.text)"
          + " \(emergency.branch)")
    }
  }

  private func branch(_ subject: RevocationSubject) -> String {
    "certwright/revoke-\(subject.slug)-\(options.now.seconds)"
  }

  private func document(_ subject: RevocationSubject, by: String) -> String {
    let lines =
      ["# Revoked in an emergency at \(options.now) by \(by).", "kind: Revocation"]
      + subject.fields.map { "\($0.name): \($0.value)" } + ["reason: \(reason.rawValue)"]
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: - Where it goes

  /// The first folder whose policies permit the document.
  private func place(
    _ text: String, _ subject: RevocationSubject, onto tree: ObjectID, _ lastApplied: DesiredState,
    in repository: borrowing Repository
  ) throws(ReconcileError) -> (path: String, tree: ObjectID) {
    var refused: [Finding] = []
    for folder in folders(subject, lastApplied) {
      let name = "revoke-\(subject.slug)-\(options.now.seconds).yaml"
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      let desired = try write(text, to: path, onto: tree, in: repository)
      let findings = try git { () throws(GitError) in
        try DesiredSource.decode(tree: desired, in: repository).findings
      }
      if findings.isEmpty { return (path, desired) }
      guard findings.allSatisfy(\.isPolicyRefusal) else { throw .findings(findings) }
      refused += findings
    }
    throw .findings(refused)
  }

  private func folders(_ subject: RevocationSubject, _ lastApplied: DesiredState) -> [String] {
    if let folder { return [folder] }
    let declared =
      lastApplied.identities[subject.owner]?.place ?? lastApplied.authorities[subject.owner]?.place
    let files = ([declared] + lastApplied.revocations.map { Optional($0.place) }).compactMap(\.self)
      .map { $0.file.split(separator: "/").dropLast().joined(separator: "/") }
    var seen: Set<String> = []
    return (files + ["revocations", ""]).filter { seen.insert($0).inserted }
  }

  private func write(
    _ text: String, to path: String, onto tree: ObjectID, in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID {
    try git { () throws(GitError) in
      var writer = ObjectWriter(compression: Self.compression)
      let desired = try writer.tree(
        from: tree, setting: [path: .bytes(Array(text.utf8))], removing: [], in: repository)
      try repository.write(writer)
      return desired
    }
  }

  private func commit(
    _ desired: ObjectID, onto base: ObjectID, _ subject: RevocationSubject,
    in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID {
    let author = try Operator.signature(in: repository, at: options.now)
    let message = "revoke \(subject.owner) in an emergency\n\nReason: \(reason.rawValue)\n"
    return try git { () throws(GitError) in
      let parent = try repository.commit(base)
      var writer = ObjectWriter(compression: Self.compression)
      let tree = try writer.tree(
        from: parent.tree, setting: [options.path: .tree(desired)], removing: [], in: repository)
      let commit = try writer.commit(
        tree: tree, parents: [base], author: author, committer: author, message: message)
      try repository.write(writer)
      return commit
    }
  }
}
