package import PKI

/// Why something could not be read from or written to a repository.
///
/// Absence is never an error here and damage is never absence: functions that may find nothing
/// return an optional, and nil means that git itself would say the same.
package enum GitError: Error, Hashable, Sendable {
  /// No repository at this path or in a folder above it.
  case notARepository(path: String)
  /// A repository of a kind that libgit2 cannot read, such as one with SHA-256 object ids.
  case unsupportedRepository(path: String, reason: String)
  /// The repository belongs to another user, and git's configuration does not trust it.
  case notOwned(path: String)
  /// A revision text that names no commit, or one that several objects match.
  case unknownRevision(String, reason: String)
  /// `HEAD` names a branch that has no commit yet.
  case unbornHead(branch: String)
  /// An object that was asked for, or that another object names, is not in the repository.
  case missingObject(ObjectID, hint: String?)
  /// An object that is there but is not what its id says, or not well formed.
  case damagedObject(ObjectID, reason: String)
  case damagedReference(String, reason: String)
  /// An object larger than the caller wants to read; sizes are in bytes.
  case objectTooLarge(ObjectID, size: Int, limit: Int)
  case tooManyFiles(limit: Int)
  /// A path below a tree that names a file where a folder is needed.
  case notAFolder(path: String)
  /// A path or reference name that must not be written.
  case invalidName(String, reason: String)
  /// git's own lock file is there: another process holds it, or one that crashed left it behind.
  case locked(file: String)
  /// A system call failed; `number` is errno.
  case system(operation: String, path: String, number: Int32, reason: String)
  /// Another repository could not be read or written.
  case remote(RemoteFailure)
  /// What libgit2 said, where no case above says it better.
  case library(operation: String, code: Int32, reason: String)
}

extension GitError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notARepository(let path):
      "no git repository at \"\(path)\" or above it"
    case .unsupportedRepository(let path, let reason):
      "the repository \"\(path)\" cannot be read: \(reason)"
    case .notOwned(let path):
      "the repository \"\(path)\" belongs to another user"
    case .unknownRevision(let text, let reason):
      "\"\(text)\" is not a commit: \(reason)"
    case .unbornHead(let branch):
      "HEAD is the branch \"\(branch.replacing("refs/heads/", with: "", maxReplacements: 1))\", which"
        + " has no commit yet"
    case .missingObject(let id, _):
      "the repository is damaged: object \(id) is missing"
    case .damagedObject(let id, let reason):
      "the repository is damaged: object \(id): \(reason)"
    case .damagedReference(let name, let reason):
      "the repository is damaged: reference \"\(name)\": \(reason)"
    case .objectTooLarge(let id, let size, let limit):
      "object \(id) has \(size) bytes, more than the limit of \(limit)"
    case .tooManyFiles(let limit):
      "a tree holds more than \(limit) files"
    case .notAFolder(let path):
      "\"\(path)\" is not a folder"
    case .invalidName(let name, let reason):
      "\"\(name)\" \(reason)"
    case .locked(let file):
      "the lock file \"\(file)\" exists"
    case .system(let operation, let path, _, let reason):
      "cannot \(operation) \"\(path)\": \(reason)"
    case .remote(let failure): failure.description
    case .library(let operation, let code, let reason):
      "cannot \(operation): \(reason) (libgit2 code \(code))"
    }
  }

  /// What the user could do, where that is known.
  package var hint: String? {
    switch self {
    case .notOwned(let path):
      // The libgit2 in use reads exact paths only: "*" and variables are not enough.
      "git config --global --add safe.directory \"\(path)\""
    case .missingObject(_, let hint):
      hint
    case .locked:
      "another git process holds it, or one that crashed left it: remove it when none runs"
    case .remote(let failure): failure.hint
    default:
      nil
    }
  }
}
