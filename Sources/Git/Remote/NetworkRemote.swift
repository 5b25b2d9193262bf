import CLibGit2
import PKI

/// A repository on a server, through libgit2. Lives in the network process alone: libgit2 1.5 waits
/// for a silent server for ever.
struct NetworkRemote: ~Copyable {
  private static let source = "refs/certwright/pushing"

  private let request: RemoteRequest
  private let own: Repository
  private let conversation: RemoteConversation

  init(_ request: RemoteRequest) throws(GitError) {
    let own = try Repository(at: request.repository)
    var file = request.access.authorityFile
    if file == nil { file = try own.setting("http.sslCAInfo") }
    if let file {
      try LibGit2.check(
        unsafe certwright_git_authority_file(file), "read the certificates of \"\(file)\"")
    }
    self.request = request
    self.own = own
    conversation = RemoteConversation(request)
  }

  func carryOut() throws(GitError) -> RemoteReply {
    switch request.operation {
    case .list: return try listed()
    case .fetch(let mirror, let tags): return try fetch(mirror: mirror, tags: tags)
    case .push(let commit, let branch, let expected):
      let outcome = try push(commit, branch, expected: expected)
      // What the server says after all counts, also when its answer to the push was lost.
      guard outcome == .accepted else {
        var reply = (try? listed()) ?? RemoteReply()
        reply.push = outcome
        return reply
      }
      return try readBack(commit, branch)
    }
  }

  /// Looks whether the branch has a commit that the server said it took. Another run may have built
  /// on it already.
  ///
  /// - Throws: when the branch lacks it, as on a replica that is behind: nobody knows what became of it.
  private func readBack(_ commit: ObjectID, _ branch: String) throws(GitError) -> RemoteReply {
    let remote = try RemoteConnection(request.url, own, GIT_DIRECTION_FETCH, conversation)
    var reply = try remote.list()
    reply.push = .accepted
    guard let tip = reply.branch(branch), tip != commit else {
      if reply.branch(branch) == commit { return reply }
      throw missing(branch, at: nil)
    }
    try remote.download(["+refs/heads/\(branch):\(Self.source)"])
    let fresh = try Repository(at: request.repository)
    guard try fresh.isAncestor(commit, of: tip) == .yes else { throw missing(branch, at: tip) }
    return reply
  }

  private func missing(_ branch: String, at tip: ObjectID?) -> GitError {
    .remote(
      RemoteFailure(
        kind: .unreachable, url: request.url.text,
        reason: "the server took the push, but its branch \"\(branch)\" is at"
          + " \(tip?.hex ?? "no commit")"))
  }

  private func listed() throws(GitError) -> RemoteReply {
    let remote = try RemoteConnection(
      request.url, own, GIT_DIRECTION_FETCH, conversation)
    return try remote.list()
  }

  private func fetch(mirror: String, tags: String?) throws(GitError) -> RemoteReply {
    let remote = try RemoteConnection(request.url, own, GIT_DIRECTION_FETCH, conversation)
    let reply = try remote.list()
    let specs = ["+refs/heads/*:\(mirror)/*"] + (tags.map { ["+refs/tags/*:\($0)/*"] } ?? [])
    if !reply.references.isEmpty { try remote.download(specs) }
    // The objects were written through a database of libgit2's own: look at the disk again.
    let fresh = try Repository(at: request.repository)
    try ReferenceMirror(mirror: mirror, tags: tags).update(fresh, reply.references)
    return reply
  }

  private func push(
    _ commit: ObjectID, _ branch: String, expected: ObjectID?
  ) throws(GitError) -> RemoteReply.Push {
    let name = "refs/heads/\(branch)"
    let remote = try RemoteConnection(request.url, own, GIT_DIRECTION_PUSH, conversation)
    let found = try remote.list().references[name]
    if found == commit { return .accepted }
    guard found == expected else { return .raced("the branch is at \(found?.hex ?? "no commit")") }
    // libgit2 would not look whether a first push really creates the branch.
    if let found, try own.isAncestor(found, of: commit) != .yes {
      return .raced("non-fast-forward")
    }
    // libgit2 pushes references, not commits. Whoever pushes has the repository's lock.
    try own.setReference(Self.source, to: commit)
    let code = try remote.upload("\(Self.source):\(name)")
    try own.dropReference(Self.source)
    if code == GIT_ENONFASTFORWARD.rawValue { return .raced("non-fast-forward") }
    if code < 0 { throw conversation.failure(code) }
    // A server that refuses a reference is no failure for libgit2: only the callback tells.
    guard let answer = conversation.answer(for: name) else {
      throw .remote(
        RemoteFailure(
          kind: .unreachable, url: request.url.text, reason: "the server did not say what it did"))
    }
    guard let words = answer else { return .accepted }
    let all = ([words] + conversation.serverWords).joined(separator: "; ")
    return Self.isRace(words) ? .raced(all) : .refused(all)
  }

  /// What git's servers say when another push was faster.
  private static func isRace(_ words: String) -> Bool {
    let races = [
      "non-fast-forward", "fetch first", "cannot lock ref", "failed to update ref",
      "failed to lock", "incorrect old value", "reference already exists",
    ]
    return races.contains { words.lowercased().contains($0) }
  }
}
