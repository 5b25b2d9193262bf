import CLibGit2
import Glibc
package import PKI

/// What became of moving a reference.
package enum ReferenceUpdate: Hashable, Sendable {
  case moved
  /// The reference was not where it was expected: another run was faster. Nothing was changed.
  case lost(found: ObjectID?)
}

extension Repository {
  /// Moves a reference by compare-and-swap: reads, compares and writes under git's own lock file.
  ///
  /// The objects must have been written before: ``write(_:)`` makes them durable, and the reference
  /// is durable when this returns, so a power cut shows the old commit or the new one, whole.
  ///
  /// - Parameters:
  ///   - expected: where the reference must be now; nil when it must not exist.
  ///   - by: who is named in the reflog, where the repository keeps one.
  ///   - message: what the reflog says.
  /// - Throws: ``GitError/locked(file:)`` when git's lock file stays for longer than a second.
  package func updateReference(
    _ name: String, to id: ObjectID, expecting expected: ObjectID?, by: CommitInfo.Signature,
    message: String
  ) throws(GitError) -> ReferenceUpdate {
    try Repository.requireValid(reference: name)
    guard try objects.header(id)?.kind == .commit else { throw try missing(id) }
    var transaction: OpaquePointer?
    try LibGit2.check(unsafe git_transaction_new(&transaction, pointer), "lock \"\(name)\"")
    // Freeing a transaction that was not committed releases its lock.
    defer { unsafe git_transaction_free(transaction) }
    try unsafe lock(name, in: transaction)
    try requireDirect(name)
    let current = try reference(name)
    guard current == expected else { return .lost(found: current) }
    if current == nil { try requireRoom(for: name) }
    guard current != id else { return .moved }
    try unsafe set(name, to: id, by: by, message: message, in: transaction)
    let code = unsafe git_transaction_commit(transaction)
    try LibGit2.check(code, "move \"\(name)\"")
    // A new reference is the lock file by another name; libgit2 does not look whether the first
    // name went away.
    removeLeftover(of: name)
    return .moved
  }

  /// Removes a lock file that is the reference itself: nobody holds it.
  func removeLeftover(of name: String) {
    let path = "\(commonFolder)/\(name)"
    var (reference, lock) = (stat(), stat())
    guard unsafe lstat(path, &reference) == 0, unsafe lstat(path + ".lock", &lock) == 0,
      reference.st_ino == lock.st_ino, reference.st_dev == lock.st_dev
    else { return }
    // Where even this fails, whoever moves the reference next tries again.
    _ = unsafe unlink(path + ".lock")
  }

  /// Waits a second for another process: git holds these locks for milliseconds.
  private func lock(_ name: String, in transaction: OpaquePointer?) throws(GitError) {
    for attempt in 0... {
      let code = unsafe git_transaction_lock_ref(transaction, name)
      if code >= 0 { return }
      guard code == GIT_ELOCKED.rawValue else {
        throw LibGit2.error(code, "lock \"\(name)\"")
      }
      guard attempt < 20 else { break }
      usleep(50_000)
      // Half a second is enough for whoever is between the two names.
      if attempt == 10 { removeLeftover(of: name) }
    }
    throw .locked(file: "\(commonFolder)/\(name).lock")
  }

  /// Writing to a symbolic reference would cut it from the branch that it stands for.
  private func requireDirect(_ name: String) throws(GitError) {
    var reference: OpaquePointer?
    defer { unsafe git_reference_free(reference) }
    guard unsafe git_reference_lookup(&reference, pointer, name) >= 0 else { return }
    guard unsafe git_reference_symbolic_target(reference) == nil else {
      throw .invalidName(name, reason: "is a symbolic reference, not a branch of its own")
    }
  }

  /// A reference cannot stand where another one has its folder; packed references have none on
  /// disk that would show it.
  private func requireRoom(for name: String) throws(GitError) {
    var above = name.split(separator: "/").dropLast()
    while above.count > 1 {
      let other = above.joined(separator: "/")
      if try reference(other) != nil {
        throw .invalidName(name, reason: "cannot exist beside \"\(other)\"")
      }
      above = above.dropLast()
    }
  }

  private func set(
    _ name: String, to id: ObjectID, by: CommitInfo.Signature, message: String,
    in transaction: OpaquePointer?
  ) throws(GitError) {
    var signature: UnsafeMutablePointer<git_signature>?
    try LibGit2.check(
      unsafe git_signature_new(
        &signature, by.name, by.email, git_time_t(by.time.seconds), 0), "sign the reflog")
    defer { unsafe git_signature_free(signature) }
    var raw = id.libgit2
    try LibGit2.check(
      unsafe git_transaction_set_target(transaction, name, &raw, signature, message),
      "move \"\(name)\"")
  }
}

// MARK: - Worktrees

extension Repository {
  /// The work trees in which a branch such as `refs/heads/published` is checked out: moving it under
  /// one makes all its files look changed to its user.
  package func worktrees(on branch: String) throws(GitError) -> [String] {
    var found: [String] = []
    let bare = try setting("core.bare")?.lowercased() ?? "false"
    if !["true", "yes", "on", "1"].contains(bare), try head(in: commonFolder) == branch {
      found.append(
        commonFolder.hasSuffix("/.git") ? String(commonFolder.dropLast(5)) : commonFolder)
    }
    for name in try DiskFile.names(in: commonFolder + "/worktrees") {
      let folder = "\(commonFolder)/worktrees/\(name)"
      guard try head(in: folder) == branch else { continue }
      let link = try DiskFile.read(folder + "/gitdir", limit: 1 << 16) ?? []
      let path = String(decoding: link, as: UTF8.self).split(separator: "\n").first ?? ""
      found.append(path.hasSuffix("/.git") ? String(path.dropLast(5)) : folder)
    }
    return found
  }

  package func isCheckedOut(_ branch: String) throws(GitError) -> Bool {
    try !worktrees(on: branch).isEmpty
  }

  /// The branch that a `HEAD` file names; nil when it is detached or missing.
  private func head(in folder: String) throws(GitError) -> String? {
    let bytes = try DiskFile.read(folder + "/HEAD", limit: 1 << 16) ?? []
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first ?? ""
    guard line.hasPrefix("ref:") else { return nil }
    return line.dropFirst(4).split(separator: " ").first.map(String.init)
  }
}
