package import Git
package import PKI

/// Who is at work on this host, and what waits here to be pushed. Breaks nothing: the kernel releases
/// the lock of a process that ends, however it ends.
package struct LockReport: Sendable {
  package struct Pending: Sendable {
    let branch: String
    let commit: ObjectID
    let time: Timestamp
    let url: String
  }

  package struct Unsent: Sendable {
    let branch: String
    let commit: ObjectID
    let url: String
  }

  let folder: String
  /// nil when nobody holds the lock.
  let holder: String?
  let pending: [Pending]
  /// Branches of emergencies that the desired repository lacks.
  let unsent: [Unsent]

  package static func make(
    _ options: Options, in repository: borrowing Repository
  ) throws(ReconcileError) -> LockReport {
    let holder = try git { () throws(GitError) in try repository.lockHolder() }
    guard let upstream = options.upstream else {
      return LockReport(folder: repository.commonFolder, holder: holder, pending: [], unsent: [])
    }
    return LockReport(
      folder: repository.commonFolder, holder: holder,
      pending: try upstream.pendingCommits(in: repository),
      unsent: try upstream.unsentBranches(in: repository).map {
        Unsent(branch: $0.branch, commit: $0.commit, url: upstream.desired.text)
      })
  }

  package var text: String {
    var lines = ["repository: \(folder)", "lock: \(holder.map { "held by \($0)" } ?? "free")"]
    lines += pending.map {
      "pending: commit \($0.commit) of \($0.time), branch \"\($0.branch)\", waits to be pushed to"
        + " \"\($0.url)\""
    }
    lines += unsent.map {
      "unsent: branch \"\($0.branch)\" at \($0.commit) waits to be pushed to \"\($0.url)\""
    }
    return lines.map { $0 + "\n" }.joined()
  }

  package var json: JSON {
    .members([
      ("format_version", .int(1)), ("repository", .string(folder)),
      ("holder", holder.map { .string($0) } ?? .null),
      (
        "pending",
        .array(
          pending.map {
            .members([
              ("branch", .string($0.branch)), ("commit", .string($0.commit.hex)),
              ("time", .string($0.time.description)), ("url", .string($0.url)),
            ])
          })
      ),
      (
        "unsent",
        .array(
          unsent.map {
            .members([
              ("branch", .string($0.branch)), ("commit", .string($0.commit.hex)),
              ("url", .string($0.url)),
            ])
          })
      ),
    ])
  }
}

extension Upstream {
  func pendingCommits(
    in clone: borrowing Repository
  ) throws(ReconcileError) -> [LockReport.Pending] {
    let found = try git { () throws(GitError) in
      try clone.references(below: [CloneReferences.pendingFolder])
    }
    var pending: [LockReport.Pending] = []
    for (name, id) in found.sorted(by: { $0.key < $1.key }) {
      let commit = try git { () throws(GitError) in try clone.commit(id) }
      pending.append(
        LockReport.Pending(
          branch: String(name.dropFirst(CloneReferences.pendingFolder.count)), commit: id,
          time: commit.committer.time, url: published.text))
    }
    return pending
  }
}
