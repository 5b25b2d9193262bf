import CLibGit2
import Glibc

/// Files and folders of the host that are no part of a repository: what is written there is whole
/// and durable, or not there.
package enum HostFile {
  package enum Kind: Hashable, Sendable {
    case file
    case folder
    case other
  }

  /// What has a name; nil when nothing has. Links are not followed.
  package static func kind(of path: String) throws(GitError) -> Kind? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw systemError("examine", path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// The bytes of a file, through links; nil when nothing has this name.
  package static func read(_ path: String, limit: Int) throws(GitError) -> [UInt8]? {
    try DiskFile.read(path, limit: limit)
  }

  /// Creates a file that must not exist yet.
  ///
  /// - Parameter mode: such as 0o600, whatever the umask.
  package static func create(_ path: String, mode: UInt32, _ bytes: [UInt8]) throws(GitError) {
    try DiskFile.create(path, mode: mode & 0o600, parts: [bytes[...]])
    guard unsafe chmod(path, mode) == 0 else { throw systemError("change the mode of", path) }
  }

  package static func createFolder(_ path: String, mode: UInt32) throws(GitError) {
    guard unsafe mkdir(path, mode & 0o700) == 0 else { throw systemError("create", path) }
    guard unsafe chmod(path, mode) == 0 else { throw systemError("change the mode of", path) }
  }

  /// Gives a file a second name; its content is not copied.
  package static func link(_ path: String, as other: String) throws(GitError) {
    guard unsafe Glibc.link(path, other) == 0 else { throw systemError("link", path) }
  }

  /// Gives a file or folder another name, in place of a file that has it.
  package static func rename(_ path: String, to other: String) throws(GitError) {
    guard unsafe Glibc.rename(path, other) == 0 else { throw systemError("rename", path) }
  }

  /// Exchanges the names of two folders in one step: at no moment is either missing.
  package static func exchange(_ path: String, _ other: String) throws(GitError) {
    guard unsafe certwright_exchange(path, other) == 0 else { throw systemError("exchange", path) }
  }

  package static func removeFile(_ path: String) throws(GitError) {
    guard unsafe unlink(path) == 0 else { throw systemError("remove", path) }
  }

  /// Removes a folder with all that is in it, never following a link.
  package static func removeFolder(_ path: String) throws(GitError) {
    for name in try DiskFile.names(in: path) {
      let child = "\(path)/\(name)"
      if try kind(of: child) == .folder {
        try removeFolder(child)
      } else {
        try removeFile(child)
      }
    }
    guard unsafe rmdir(path) == 0 else { throw systemError("remove", path) }
  }

  /// Every plain file below a folder by its path there, in order; none when there is no such folder.
  package static func files(below path: String) throws(GitError) -> [String] {
    var found: [String] = []
    for name in try DiskFile.names(in: path) {
      switch try kind(of: "\(path)/\(name)") {
      case .folder: found += try files(below: "\(path)/\(name)").map { "\(name)/\($0)" }
      case .file: found.append(name)
      case .other, nil: continue
      }
    }
    return found
  }

  /// Makes the names in a folder durable.
  package static func syncFolder(_ path: String) throws(GitError) {
    try DiskFile.syncFolder(path)
  }
}
