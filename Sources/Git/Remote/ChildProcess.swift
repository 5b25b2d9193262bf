import Foundation
import Glibc

/// Runs a program with bytes on its standard input until it ends or its time is up.
enum ChildProcess {
  enum Ending {
    case finished([UInt8])
    case tooLate
  }

  static func run(
    _ command: [String], input: [UInt8], seconds: Int, longestOutput: Int
  ) throws(GitError) -> Ending {
    let program = command.first ?? ""
    let (inputRead, inputWrite) = try pipe(program)
    let (outputRead, outputWrite) = try pipe(program)
    let started: pid_t
    do throws(GitError) {
      started = try start(command, input: inputRead, output: outputWrite)
    } catch {
      for end in [inputRead, inputWrite, outputRead, outputWrite] { close(end) }
      throw error
    }
    close(inputRead)
    close(outputWrite)
    defer { close(outputRead) }
    // A request is far smaller than a pipe's buffer; a child that died first is noticed below.
    try? DiskFile.write(input[...], to: inputWrite, program)
    close(inputWrite)
    let deadline = ContinuousClock.now + .seconds(seconds)
    let output = read(outputRead, until: deadline, most: longestOutput)
    // An end of output is no end of the process.
    let hasEnded = output != nil && ends(started, before: deadline)
    if !hasEnded {
      kill(started, SIGKILL)
      var status: Int32 = 0
      while unsafe waitpid(started, &status, 0) < 0, errno == EINTR {}
    }
    return output.map { .finished($0) } ?? .tooLate
  }

  /// Waits for a child's end, and gives its memory free; false when the time is up first.
  private static func ends(_ process: pid_t, before deadline: ContinuousClock.Instant) -> Bool {
    var status: Int32 = 0
    var pause: UInt32 = 100
    while true {
      let found = unsafe waitpid(process, &status, WNOHANG)
      if found > 0 || found < 0 && errno != EINTR { return true }
      guard ContinuousClock.now < deadline else { return false }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
  }

  private static func pipe(_ program: String) throws(GitError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else { throw systemError("start", program) }
    // This process starts one child at a time: nothing is inherited in between.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func start(
    _ command: [String], input: Int32, output: Int32
  ) throws(GitError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    var process: pid_t = 0
    let code = unsafe withStrings(command) { arguments in
      unsafe withStrings(environment) { variables in
        unsafe posix_spawn(&process, command.first ?? "", &actions, nil, arguments, variables)
      }
    }
    guard code == 0 else {
      errno = code
      throw systemError("start", command.first ?? "")
    }
    return process
  }

  private static func withStrings(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
  ) -> Int32 {
    var copies: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) } + [nil]
    defer { for index in texts.indices { unsafe free(copies[index]) } }
    return unsafe copies.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return EINVAL }
      return unsafe body(start)
    }
  }

  /// Everything until the end; nil when the time is up, or when there is more than anybody wants.
  private static func read(
    _ descriptor: Int32, until deadline: ContinuousClock.Instant, most: Int
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= most {
      let left = ContinuousClock.now.duration(to: deadline).components
      let milliseconds = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { return nil }
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&wanted, 1, Int32(min(milliseconds, 1_000_000)))
      guard ready > 0 else {
        if ready < 0, errno != EINTR { return bytes }
        continue
      }
      let count = unsafe buffer.withUnsafeMutableBytes { place in
        unsafe Glibc.read(descriptor, place.baseAddress, place.count)
      }
      if count == 0 { return bytes }
      if count < 0 {
        guard errno == EINTR else { return bytes }
        continue
      }
      bytes += buffer[..<count]
    }
    return nil
  }
}
