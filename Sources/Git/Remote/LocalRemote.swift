import Glibc
import PKI

/// A repository on this host's file systems, read and written without libgit2's own transport for
/// paths: that one reads loose objects (see ``LooseObject``), copies everything at every fetch and
/// overwrites a branch that another process moved meanwhile (facts/reliability.md 15).
///
/// A push is a compare-and-swap under git's own lock. Hooks do not run, so a repository that has
/// any that matter to a push is refused.
struct LocalRemote {
  let path: String
  let url: RemoteURL

  func carryOut(_ request: RemoteRequest) throws(GitError) -> RemoteReply {
    let remote = try open()
    switch request.operation {
    case .list: return try list(remote)
    case .fetch(let mirror, let tags):
      let reply = try list(remote)
      let own = try Repository(at: request.repository)
      try requireWhole(remote)
      var wanted = reply.references
      if tags == nil { wanted = wanted.filter { $0.key.hasPrefix("refs/heads/") } }
      try ObjectCopy.copy(Array(wanted.values), from: remote, to: own)
      try ReferenceMirror(mirror: mirror, tags: tags).update(own, reply.references)
      return reply
    case .push(let commit, let branch, let expected):
      let own = try Repository(at: request.repository)
      let outcome = try push(commit, branch, expected: expected, from: own, to: remote)
      var reply = try list(remote)
      reply.push = outcome
      return reply
    }
  }

  private func unusable(_ reason: String) -> GitError {
    .remote(RemoteFailure(kind: .unusable, url: url.text, reason: reason))
  }

  /// Opens exactly this folder: one above it would be somebody else's repository.
  private func open() throws(GitError) -> Repository {
    guard let real = Self.realPath(path) else { throw unusable("there is no such folder") }
    let repository: Repository
    do throws(GitError) {
      repository = try Repository(at: real)
    } catch .notARepository {
      throw unusable("it is no git repository")
    }
    guard [real, "\(real)/.git"].contains(Self.realPath(repository.commonFolder)) else {
      throw unusable("it is no git repository")
    }
    return repository
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private func list(_ remote: borrowing Repository) throws(GitError) -> RemoteReply {
    var reply = RemoteReply()
    reply.references = try remote.references(below: ["refs/heads/", "refs/tags/"])
    reply.head = try remote.headBranch()
    return reply
  }

  private func requireWhole(_ remote: borrowing Repository) throws(GitError) {
    guard !remote.isShallow else {
      throw unusable("it is a shallow clone, whose history is cut; fetch it whole")
    }
  }

  // MARK: - Pushing

  private static let hooks = [
    "pre-receive", "update", "post-receive", "post-update", "proc-receive", "reference-transaction",
  ]

  private func push(
    _ commit: ObjectID, _ branch: String, expected: ObjectID?, from own: borrowing Repository,
    to remote: borrowing Repository
  ) throws(GitError) -> RemoteReply.Push {
    let name = "refs/heads/\(branch)"
    if let hook = try hook(of: remote) {
      return .refused("it has the hook \"\(hook)\", which a push by path does not run: push by ssh")
    }
    if let folder = try remote.worktrees(on: name).first {
      return .refused("the branch \"\(branch)\" is checked out in \"\(folder)\"")
    }
    let found = try remote.reference(name)
    if found == commit { return .accepted }
    guard found == expected else { return .raced("the branch is at \(Self.text(found))") }
    if let expected {
      guard try own.isAncestor(expected, of: commit) == .yes else {
        return .raced("non-fast-forward")
      }
    }
    try ObjectCopy.copy(commit, after: expected, from: own, to: remote)
    let author = try own.commit(commit).committer
    do throws(GitError) {
      switch try remote.updateReference(
        name, to: commit, expecting: expected, by: author, message: "push")
      {
      case .moved: return .accepted
      case .lost(let other): return .raced("the branch moved to \(Self.text(other)) meanwhile")
      }
    } catch .locked(let file) {
      return .raced("cannot lock ref: the lock file \"\(file)\" exists")
    }
  }

  private static func text(_ id: ObjectID?) -> String { id?.hex ?? "no commit" }

  private func hook(of remote: borrowing Repository) throws(GitError) -> String? {
    let setting = try remote.setting("core.hooksPath") ?? "hooks"
    let folder = setting.hasPrefix("/") ? setting : "\(remote.commonFolder)/\(setting)"
    return Self.hooks.first {
      unsafe access("\(folder)/\($0)", X_OK) == 0
    }
  }
}
