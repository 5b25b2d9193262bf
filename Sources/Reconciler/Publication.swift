import Git
import PKI

/// Writes a state to the published branch as one commit.
struct Publication {
  let options: Options

  func publish(
    _ planning: Planning, state: PublishedState, events: [LedgerEvent], record: RunRecord,
    in repository: borrowing Repository
  ) throws(ReconcileError) -> Application.Outcome? {
    let tip = planning.observation.tip
    var changes = try renderedChanges(planning, state)
    let removals = Set(planning.observation.files.keys).subtracting(changes.rendered)
    for event in events { changes.files[event.path] = .bytes(Array(event.yaml.utf8)) }
    changes.files[record.path] = .bytes(record.bytes)
    if let tree = planning.desiredTree { changes.files["desired"] = .tree(tree) }
    if tip == nil, options.isSimulated {
      changes.files[LedgerPath.simulatedTime] = .bytes(Array("simulated\n".utf8))
    }
    let commit = try write(
      changes.files, certificates: record.certificates, removing: removals, onto: tip,
      branch: planning.branch, at: record.signing,
      message: CommitMessage.text(for: record), in: repository)
    return commit.map { Application.Outcome(commit: $0, record: record) }
  }

  /// Makes one commit of the branch and moves the branch to it.
  ///
  /// - Returns: nil when another run moved it first.
  func write(
    _ files: [String: TreeContent], certificates: [IssuedCertificate] = [],
    removing removals: Set<String>, onto tip: CommitInfo?, branch: String, at time: Timestamp,
    message: String, in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID? {
    let commit = try PublishedCommit(signingKey: options.signingKey).make(
      files, certificates: certificates, removing: removals, onto: tip, at: time, message: message,
      in: repository)
    if let upstream = options.upstream {
      guard try upstream.publish(commit, branch, in: repository) else { return nil }
      tidy(repository)
      return commit
    }
    let update = try git { () throws(GitError) in
      try repository.updateReference(
        "refs/heads/\(branch)", to: commit, expecting: tip?.id,
        by: PublishedCommit.signature(at: time),
        message: "certwright: \(message.prefix { $0 != "\n" })")
    }
    guard case .moved = update else { return nil }
    try PublishedMark.set(commit, of: branch, in: repository)
    tidy(repository)
    return commit
  }

  /// All is published by now: what goes wrong here is no worse than before, and is tried again by
  /// the next run.
  private func tidy(_ repository: borrowing Repository) {
    do throws(GitError) { try repository.consolidatePacks() } catch {}
  }

  /// The rendered files that differ from what is published, and the paths of all of them.
  private func renderedChanges(
    _ planning: Planning, _ state: PublishedState
  ) throws(ReconcileError) -> (files: [String: TreeContent], rendered: Set<String>) {
    let rendered = try PublishedTree(
      desired: planning.desired, published: state, at: options.now,
      others: planning.focus.others
    ).files()
    var files: [String: TreeContent] = [:]
    for (path, content) in rendered where planning.observation.files[path] != content.id {
      files[path] = content
    }
    return (files, Set(rendered.keys))
  }
}
