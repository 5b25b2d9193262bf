import Glibc
import Reconciler

/// One run of a hook, in a process group of its own, so that what it leaves behind can be ended with
/// it and nobody waits for that.
struct HookProcess {
  enum Ending {
    case exited(Int32)
    case signalled(Int32)
    case tooLate
  }

  private let process: pid_t

  /// Starts the program with bytes on its standard input; its output goes to standard error.
  init(_ path: String, input: [UInt8], environment: [String: String]) throws(ReconcileError) {
    guard let file = unsafe tmpfile() else { throw Self.failure(path, errno) }
    defer { _ = unsafe fclose(file) }
    // A file, not a pipe: a hook that reads nothing must not stop the writer.
    guard unsafe fwrite(input, 1, input.count, file) == input.count, unsafe fflush(file) == 0 else {
      throw Self.failure(path, errno)
    }
    unsafe rewind(file)
    var process: pid_t = 0
    let code = unsafe Self.spawn(
      path, input: fileno(file), environment.map { "\($0.key)=\($0.value)" }, &process)
    guard code == 0 else { throw Self.failure(path, code) }
    self.process = process
  }

  private static func failure(_ path: String, _ number: Int32) -> ReconcileError {
    .invalid("cannot start \"\(path)\": \(unsafe String(cString: strerror(number)))", hint: nil)
  }

  private static func spawn(
    _ path: String, input: Int32, _ environment: [String], _ process: inout pid_t
  ) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup(path), nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      unsafe environment.map { unsafe strdup($0) } + [nil]
    defer {
      for index in unsafe arguments.indices { unsafe free(arguments[index]) }
      for index in unsafe variables.indices { unsafe free(variables[index]) }
    }
    return unsafe posix_spawn(&process, path, &actions, &attributes, &arguments, &variables)
  }

  /// Waits for the hook itself, not for what it started.
  func wait(atMost limit: Duration) -> Ending {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      if let ending = reap(WNOHANG) { return ending }
      usleep(10_000)
    }
    kill(-process, SIGKILL)
    _ = reap(0)
    return .tooLate
  }

  private func reap(_ options: Int32) -> Ending? {
    var status: Int32 = 0
    while true {
      let ended = unsafe waitpid(process, &status, options)
      if ended < 0, errno == EINTR { continue }
      guard ended == process else { return ended < 0 ? .exited(0) : nil }
      let signal = status & 0x7f
      return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }
  }
}
