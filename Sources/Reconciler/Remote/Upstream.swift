import Cryptography
package import Git
import Glibc
package import PKI
import Synchronization

/// The repositories that a run reads desired state from and publishes to, and certwright's own clone
/// of both.
///
/// A run works in the clone alone: it fetches, plans and signs there, and the remote's branch is the
/// commit point. What the clone's references mean says ``CloneReferences``.
package final class Upstream: Sendable {
  /// The desired commit that is asked for.
  enum Wanted: Sendable {
    /// What a checkout's revision is.
    case commit(ObjectID)
    /// A branch, tag or commit of the remote; `HEAD` is its standard branch.
    case named(String)
  }

  package let desired: RemoteURL
  package let published: RemoteURL
  package let folder: CloneFolder
  let wanted: Wanted
  let choice: RemoteChoice

  /// What is known since the last fetch.
  struct Standing: Sendable {
    /// The desired repository's standard branch, by its full name.
    var desiredHead: String?
    /// Where the desired commit was found.
    var revision: String?
    /// The published repository's branches; nil when it was not reached.
    var remote: RemoteReply?
    /// The time of this run.
    var now = Timestamp(seconds: 0)
    /// What commits that this run makes are signed with.
    var signingKey: SSHSigningKey?
    /// Whether references of the clone may be moved: only with its lock.
    var isWriting = false
    /// Why only upkeep may be carried out.
    var hindrance: ReconcileError?
    /// A pending commit that could not be pushed.
    package var unpushed: ReconcileError?
    /// A commit of an earlier run that reached the remote now, or was found there.
    var delivered: ObjectID?
    /// The branch whose state has been settled since the fetch.
    var adopted: String?
    /// What could not be done and does not hinder the run.
    var warnings: [String] = []
    /// How often another run was faster with its push than this one with a pending commit.
    var races = 0
  }

  let standing = Mutex(Standing())

  init(
    desired: RemoteURL, published: RemoteURL, wanted: Wanted, choice: RemoteChoice
  ) {
    self.desired = desired
    self.published = published
    self.wanted = wanted
    self.choice = choice
    folder = CloneFolder(parent: choice.clones, desired: desired, published: published)
  }

  var hindrance: ReconcileError? { standing.withLock { $0.hindrance } }
  package var unpushed: ReconcileError? { standing.withLock { $0.unpushed } }
  var delivered: ObjectID? { standing.withLock { $0.delivered } }
  var warnings: [String] { standing.withLock { $0.warnings } }
  var now: Timestamp { standing.withLock { $0.now } }
  var signingKey: SSHSigningKey? { standing.withLock { $0.signingKey } }
  var isSame: Bool { desired == published }

  /// Where a run finds the desired commit.
  package var revision: String {
    if let found = standing.withLock({ $0.revision }) { return found }
    return if case .commit(let id) = wanted { id.hex } else { CloneReferences.desired }
  }

  /// Waits before the next attempt, longer each time and never as long as another run does.
  func pause(after attempt: Int) {
    let longest = min(50 << min(attempt, 6), 3_000)
    usleep(UInt32(choice.random(longest / 2...longest)) * 1_000)
  }
}

// MARK: - Fetching

extension Upstream {
  /// Fetches for a command that changes nothing; without the lock.
  ///
  /// - Parameter isUrgent: goes on with what is known when a remote is out of reach.
  package func look(
    in clone: borrowing Repository, isUrgent: Bool = false
  ) throws(ReconcileError) {
    standing.withLock { $0 = Standing() }
    try fetch(into: clone)
    if let hindrance {
      guard isUrgent, try hasBeenFetched(clone) else { throw hindrance }
      return
    }
    let id = try desiredCommit(in: clone)
    standing.withLock { $0.revision = id.hex }
  }

  /// Fetches at the beginning of an attempt to change something; with the lock.
  func begin(
    in clone: borrowing Repository, at now: Timestamp, signingKey: SSHSigningKey?
  ) throws(ReconcileError) {
    standing.withLock {
      $0 = Standing()
      $0.now = now
      $0.signingKey = signingKey
      $0.isWriting = true
    }
    try fetch(into: clone)
    if let hindrance {
      guard try hasBeenFetched(clone) else { throw hindrance }
      return
    }
    let id = try desiredCommit(in: clone)
    try git { () throws(GitError) in try clone.setReference(CloneReferences.desired, to: id) }
  }

  func fetch(into clone: borrowing Repository) throws(ReconcileError) {
    var reply: RemoteReply?
    var hindrance: GitError?
    do throws(GitError) {
      reply = try choice.client.ask(
        .fetch(mirror: CloneReferences.desiredMirror, tags: CloneReferences.tags), of: desired,
        for: folder.path)
    } catch { hindrance = error }
    let head = reply?.head
    if !isSame {
      reply = nil
      do throws(GitError) {
        reply = try choice.client.ask(
          .fetch(mirror: CloneReferences.publishedMirror, tags: nil), of: published,
          for: folder.path)
      } catch { hindrance = hindrance ?? error }
    }
    try git { () throws(GitError) in try clone.refresh() }
    standing.withLock {
      $0.desiredHead = head
      $0.remote = reply
      $0.hindrance = hindrance.map { .git($0) }
    }
  }

  private func hasBeenFetched(_ clone: borrowing Repository) throws(ReconcileError) -> Bool {
    try git { () throws(GitError) in
      try !clone.references(below: [CloneReferences.knownFolder]).isEmpty
    }
  }

  private func desiredCommit(
    in clone: borrowing Repository
  ) throws(ReconcileError) -> ObjectID {
    switch wanted {
    case .commit(let id):
      guard try git({ () throws(GitError) in try clone.contains(id) }) else {
        throw .invalid(
          "the commit \(id) is on no branch or tag of \"\(desired.text)\"", hint: "push it first")
      }
      return id
    case .named(let name):
      for reference in try references(for: name) {
        let found = try git { () throws(GitError) in try clone.reference(reference) }
        guard found != nil else { continue }
        return try git { () throws(GitError) in try clone.resolve(reference).id }
      }
      if let id = ObjectID(hex: name), try git({ () throws(GitError) in try clone.contains(id) }) {
        return id
      }
      throw .invalid(
        "\"\(desired.text)\" has no branch, tag or commit \"\(name)\"",
        hint: "--ref names the branch of the desired state")
    }
  }

  private func references(for name: String) throws(ReconcileError) -> [String] {
    guard name == "HEAD" else {
      let branch = name.hasPrefix("refs/heads/") ? String(name.dropFirst(11)) : name
      return ["\(CloneReferences.desiredMirror)/\(branch)", "\(CloneReferences.tags)/\(name)"]
    }
    guard let head = standing.withLock({ $0.desiredHead }), head.hasPrefix("refs/heads/") else {
      throw .invalid(
        "\"\(desired.text)\" has no standard branch", hint: "--ref names the branch to read")
    }
    return ["\(CloneReferences.desiredMirror)/\(head.dropFirst(11))"]
  }
}

// MARK: - The clone

extension Upstream {
  /// Opens the clone, which is made when there is none.
  package func open(at now: Timestamp) throws(ReconcileError) -> Repository {
    try folder.create(at: now)
    return try git { () throws(GitError) in try Repository(at: folder.path) }
  }
}
