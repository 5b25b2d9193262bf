import Glibc
import PKI

/// Removes what a run that was killed has left in a repository: git's lock of a reference, which
/// would stop every later run, and half-written packs.
///
/// Only for whoever holds the lock of runs, and only after a crash: then nothing of ours is in use.
struct CrashSweep {
  let commonFolder: String

  /// How long a lock must have stayed as it is: git holds one for milliseconds.
  private static let patience: UInt32 = 1_000_000

  /// - Parameter start: when the run began that crashed; what is older is not its.
  func run(since start: FileTime) throws(GitError) {
    try sweepPacks()
    let locks = try locks(since: start)
    guard !locks.isEmpty else { return }
    usleep(Self.patience)
    for lock in locks where try FileTime(of: lock.path) == lock.time { try remove(lock.path) }
  }

  private func sweepPacks() throws(GitError) {
    let folder = commonFolder + "/objects/pack"
    for name in try DiskFile.names(in: folder) where PackFolder.isTemporary(name) {
      try remove("\(folder)/\(name)")
    }
  }

  private func locks(since start: FileTime) throws(GitError) -> [(path: String, time: FileTime)] {
    var found: [(path: String, time: FileTime)] = []
    let folder = commonFolder + "/refs"
    for name in try HostFile.files(below: folder) where name.hasSuffix(".lock") {
      let path = "\(folder)/\(name)"
      if let time = try FileTime(of: path), time >= start { found.append((path, time)) }
    }
    return found
  }

  private func remove(_ path: String) throws(GitError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw systemError("remove", path) }
  }
}

/// When a file was last written, in nanoseconds since 1970.
struct FileTime: Hashable, Comparable {
  private let nanoseconds: Int

  init(_ status: stat) {
    nanoseconds = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
  }

  /// nil when there is no such file.
  init?(of path: String) throws(GitError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw systemError("examine", path)
    }
    self.init(status)
  }

  static func < (left: FileTime, right: FileTime) -> Bool { left.nanoseconds < right.nanoseconds }
}
