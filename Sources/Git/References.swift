import CLibGit2
import Glibc
package import PKI

extension Repository {
  /// The commit that a revision text names: `HEAD`, a branch, a tag, an id in full or short, or any
  /// other spelling that git knows, such as `main~2`.
  package func resolve(_ revision: String) throws(GitError) -> CommitInfo {
    guard !revision.isEmpty, !revision.utf8.contains(0) else {
      throw .unknownRevision(revision, reason: "it is not a revision")
    }
    var object: OpaquePointer?
    let code = unsafe git_revparse_single(&object, pointer, revision)
    defer { unsafe git_object_free(object) }
    guard code >= 0 else { throw try resolutionError(code, revision) }
    var peeled: OpaquePointer?
    let peeling = unsafe git_object_peel(&peeled, object, GIT_OBJECT_COMMIT)
    defer { unsafe git_object_free(peeled) }
    guard peeling >= 0, let peeled = unsafe peeled, let id = unsafe git_object_id(peeled) else {
      throw .unknownRevision(revision, reason: LibGit2.lastMessage())
    }
    return try commit(ObjectID(unsafe id.pointee))
  }

  private func resolutionError(_ code: Int32, _ revision: String) throws(GitError) -> GitError {
    let failure = LibGit2.error(code, "read the revision \"\(revision)\"")
    if revision == "HEAD", let branch = try headBranch(), try reference(branch) == nil {
      return .unbornHead(branch: branch)
    }
    switch git_error_code(code) {
    case GIT_ENOTFOUND: return .unknownRevision(revision, reason: "there is no such revision")
    case GIT_EAMBIGUOUS: return .unknownRevision(revision, reason: "several objects match")
    case GIT_EINVALIDSPEC: return .unknownRevision(revision, reason: "it is not a revision")
    default: return failure
    }
  }

  /// The full name of the branch that `HEAD` stands on, born or not; nil when it is detached.
  package func headBranch() throws(GitError) -> String? {
    var head: OpaquePointer?
    let code = unsafe git_reference_lookup(&head, pointer, "HEAD")
    defer { unsafe git_reference_free(head) }
    guard code >= 0 else {
      throw .damagedReference("HEAD", reason: LibGit2.lastMessage())
    }
    guard let target = unsafe git_reference_symbolic_target(head) else { return nil }
    return unsafe String(cString: target)
  }

  /// What a reference such as `refs/heads/published` points at; nil only when there is none.
  package func reference(_ name: String) throws(GitError) -> ObjectID? {
    try Repository.requireValid(reference: name)
    if let id = try look(up: name) { return id }
    guard try hasFile(name) else { return nil }
    // It was created a moment ago, or it is a file that names nothing.
    if let id = try look(up: name) { return id }
    throw .damagedReference(name, reason: "its file cannot be read, or names nothing")
  }

  private func look(up name: String) throws(GitError) -> ObjectID? {
    var id = git_oid()
    let code = unsafe git_reference_name_to_id(&id, pointer, name)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    guard code >= 0 else { throw .damagedReference(name, reason: LibGit2.lastMessage()) }
    return ObjectID(id)
  }

  /// Whether a reference has a file. libgit2 says "not found" for files that it may not read, too;
  /// the file system knows better.
  private func hasFile(_ name: String) throws(GitError) -> Bool {
    let packed = commonFolder + "/packed-refs"
    if unsafe access(packed, R_OK) != 0, errno != ENOENT { throw systemError("read", packed) }
    let file = commonFolder + "/" + name
    var status = stat()
    if unsafe lstat(file, &status) == 0 { return status.st_mode & S_IFMT != S_IFDIR }
    guard errno == ENOENT || errno == ENOTDIR else { throw systemError("examine", file) }
    return false
  }

  static func requireValid(reference name: String) throws(GitError) {
    var valid: Int32 = 0
    let code = unsafe git_reference_name_is_valid(&valid, name)
    guard code >= 0, valid == 1, !name.utf8.contains(0), name.hasPrefix("refs/") else {
      throw .invalidName(name, reason: "is not the full name of a reference")
    }
  }
}
