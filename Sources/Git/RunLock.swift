import Glibc
package import PKI

/// The lock that keeps two runs on one host apart, for as long as this value lives.
///
/// The kernel releases it when the process ends, however it ends: a lock that a crash left behind
/// does not exist. Runs on different hosts are kept apart by the compare-and-swap of the reference.
package struct RunLock: ~Copyable {
  private static let mostAttempts = 5
  private static let wait: UInt32 = 10_000

  private let descriptor: Int32
  /// When the run before began, if it never came to its end.
  let crashed: FileTime?

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
    var attempts = 0
    let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw systemError("open", file) }
    let waiting = Descriptor(number: descriptor)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      // Whoever only asks who holds the lock has it for a moment.
      case EWOULDBLOCK where attempts < mostAttempts:
        attempts += 1
        usleep(wait)
      case EWOULDBLOCK:
        let holder = try DiskFile.read(file, limit: 4_096) ?? []
        let text = String(decoding: holder, as: UTF8.self).filter { !$0.isNewline }
        return .held(by: text.isEmpty ? "another run" : text)
      default: throw systemError("lock", file)
      }
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw systemError("examine", file) }
    let lock = RunLock(
      descriptor: waiting.relinquish(), crashed: status.st_size > 0 ? FileTime(status) : nil)
    guard ftruncate(descriptor, 0) == 0 else { throw systemError("write", file) }
    let text = "process \(getpid()) on \(hostName()) since \(now)\n"
    try DiskFile.write(Array(text.utf8)[...], to: descriptor, file)
    // A power cut must not hide that this run did not end.
    guard fsync(descriptor) == 0 else { throw systemError("write", file) }
    return .taken(lock)
  }

  /// Who holds a lock, for people; nil when nobody does.
  package static func holder(file: String) throws(GitError) -> String? {
    let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw systemError("open", file)
    }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
    guard errno == EWOULDBLOCK else { throw systemError("examine", file) }
    let text = String(decoding: try DiskFile.read(file, limit: 4_096) ?? [], as: UTF8.self)
    return text.isEmpty ? "another run" : text.filter { !$0.isNewline }
  }

  /// An empty file says that the run came to its end.
  deinit {
    _ = ftruncate(descriptor, 0)
    close(descriptor)
  }

  private struct Descriptor: ~Copyable {
    let number: Int32

    deinit { close(number) }

    consuming func relinquish() -> Int32 {
      let number = number
      discard self
      return number
    }
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
  ///
  /// What a run that was killed left behind is removed first: nobody else can be at work here.
  package func lock(at now: Timestamp) throws(GitError) -> RunLock.Outcome {
    let outcome = try RunLock.take(file: lockFile, at: now)
    switch consume outcome {
    case .taken(let lock):
      if let start = lock.crashed { try CrashSweep(commonFolder: commonFolder).run(since: start) }
      return .taken(lock)
    case .held(let by): return .held(by: by)
    }
  }

  /// Who holds the lock of this repository; nil when nobody does.
  package func lockHolder() throws(GitError) -> String? { try RunLock.holder(file: lockFile) }

  private var lockFile: String { commonFolder + "/certwright.lock" }
}
