import Glibc
package import PKI

/// The lock that keeps two runs on one host apart, for as long as this value lives.
///
/// The kernel releases it when the process ends, however it ends: a lock that a crash left behind
/// does not exist. Runs on different hosts are kept apart by the compare-and-swap of the reference.
package struct RunLock: ~Copyable {
  private let descriptor: Int32

  /// What trying to take the lock came to.
  package enum Outcome: ~Copyable {
    case taken(RunLock)
    /// Another run holds it; the text says which, for people.
    case held(by: String)
  }

  /// Tries to take a lock without waiting.
  ///
  /// - Parameters:
  ///   - file: created when it is not there, and never removed: removing it would let two runs hold
  ///     two files of one name.
  ///   - now: the time that the file shows to people.
  package static func take(file: String, at now: Timestamp) throws(GitError) -> Outcome {
    let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw systemError("open", file) }
    let lock = RunLock(descriptor: descriptor)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK:
        let holder = try DiskFile.read(file, limit: 4_096) ?? []
        let text = String(decoding: holder, as: UTF8.self).filter { !$0.isNewline }
        return .held(by: text.isEmpty ? "another run" : text)
      default: throw systemError("lock", file)
      }
    }
    guard ftruncate(descriptor, 0) == 0 else { throw systemError("write", file) }
    let text = "process \(getpid()) on \(hostName()) since \(now)\n"
    try DiskFile.write(Array(text.utf8)[...], to: descriptor, file)
    return .taken(lock)
  }

  deinit {
    close(descriptor)
  }

  private static func hostName() -> String {
    var name = [UInt8](repeating: 0, count: 256)
    let code = unsafe name.withUnsafeMutableBytes { buffer in
      guard let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress else {
        return Int32(-1)
      }
      return unsafe gethostname(start, buffer.count - 1)
    }
    return code == 0 ? String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) : "this host"
  }
}

extension Repository {
  /// Takes the lock of this repository, which all its worktrees share.
  package func lock(at now: Timestamp) throws(GitError) -> RunLock.Outcome {
    try RunLock.take(file: commonFolder + "/certwright.lock", at: now)
  }
}
