import CLibGit2
import Glibc

/// The process-wide state of libgit2: set up once, before the first repository is opened.
enum LibGit2 {
  /// Sets libgit2 up on first use; the same failure every time when that went wrong.
  static func start() throws(GitError) {
    try setUp.get()
  }

  private static let setUp = Result<Void, GitError> { () throws(GitError) in
    raiseFileLimit()
    let initialised = git_libgit2_init()
    guard initialised >= 0 else { throw error(initialised, "start libgit2") }
    // Without this libgit2 never calls fsync: a power cut after "success" loses the commit.
    try check(certwright_git_fsync(1), "make libgit2 write durably")
    // Past its file limit libgit2 says "not found" for objects that exist.
    try check(certwright_git_window_files(256), "limit open pack files")
    // Sparse checkouts set it; it changes nothing that is read here.
    try check(unsafe certwright_git_allow_extension("worktreeconfig"), "allow sparse checkouts")
  }

  /// Two descriptors a pack are needed, and the usual soft limit is 1,024. The kernel refusing is
  /// harmless: what then fails is reported where it fails.
  private static func raiseFileLimit() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 65_536))
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Throws what libgit2 reported when `code` is negative.
  static func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(GitError) {
    guard code < 0 else { return }
    throw error(code, operation())
  }

  static func error(_ code: Int32, _ operation: String) -> GitError {
    .library(operation: operation, code: code, reason: lastMessage())
  }

  /// libgit2's message for the call that just failed on this thread.
  static func lastMessage() -> String {
    guard let last = unsafe git_error_last(), let message = unsafe last.pointee.message else {
      return "no further information"
    }
    return unsafe String(cString: message)
  }
}

/// A failed system call, with errno read at once.
func systemError(_ operation: String, _ path: String) -> GitError {
  let number = errno
  return .system(
    operation: operation, path: path, number: number,
    reason: unsafe String(cString: strerror(number)))
}
