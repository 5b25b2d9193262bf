import Foundation

/// What a finished command left behind.
struct ToolResult: Sendable {
  let status: Int32
  let output: String
  let errors: String
}

struct ToolFailure: Error, CustomStringConvertible {
  let description: String
}

/// Runs real programs for the tests.
enum Tool {
  /// Runs a program found on the PATH to its end. Output goes through files, so that a program
  /// that writes much to both streams cannot block.
  static func run(
    _ arguments: [String], input: String = "", in folder: URL? = nil,
    environment: [String: String] = [:]
  ) throws -> ToolResult {
    let scratch = try TemporaryFolder()
    let inputFile = try scratch.write("in", input)
    for name in ["out", "err"] { try scratch.write(name, "") }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    process.environment = ProcessInfo.processInfo.environment
      .merging(["LC_ALL": "C.UTF-8", "PATH": searchPath]) { $1 }.merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: scratch.url("out"))
    process.standardError = try FileHandle(forWritingTo: scratch.url("err"))
    try process.run()
    process.waitUntilExit()
    return ToolResult(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: scratch.url("out")), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: scratch.url("err")), as: UTF8.self))
  }

  /// Runs a program that must succeed.
  @discardableResult
  static func check(_ arguments: [String], input: String = "", in folder: URL? = nil) throws
    -> String
  {
    let result = try run(arguments, input: input, in: folder)
    guard result.status == 0 else {
      throw ToolFailure(
        description: "\(arguments.joined(separator: " ")): \(result.status) \(result.errors)")
    }
    return result.output
  }

  /// Daemons live in `/usr/sbin`, which is not on every user's PATH; the system's own Python
  /// starts faster than a version manager's.
  static let searchPath =
    "/usr/bin:/bin:/usr/sbin:/sbin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
}

/// A folder that is removed with its owner, or with the process. Daemons that give up root can look
/// into it.
final class TemporaryFolder: Sendable {
  let root: URL

  /// Below one folder for the process, for the sake of owners that live as long as it does.
  private static let parent: String = {
    let path = "/tmp/certwright-proxies-\(getpid())"
    atexit { try? FileManager.default.removeItem(atPath: TemporaryFolder.parent) }
    return path
  }()

  init() throws {
    root = URL(filePath: "\(TemporaryFolder.parent)/\(UUID().uuidString.lowercased())")
    try FileManager.default.createDirectory(
      at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
  }

  deinit {
    // A folder that stays behind in /tmp is no reason to fail a test that passed.
    try? FileManager.default.removeItem(at: root)
  }

  func url(_ path: String) -> URL { root.appending(path: path) }

  @discardableResult
  func write(_ path: String, _ text: String) throws -> URL { try write(path, Array(text.utf8)) }

  @discardableResult
  func write(_ path: String, _ bytes: [UInt8]) throws -> URL {
    let file = url(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o755])
    try Data(bytes).write(to: file)
    return file
  }

  func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: url(path))) }
}

/// A program that runs until its owner is done with it, in a process group of its own, so that
/// its workers end with it.
///
/// Foundation's `Process` believes a program running for as long as any descendant holds one of
/// its descriptors, which daemons' workers do.
final class BackgroundProcess: @unchecked Sendable {
  let pid: Int32
  private let log: URL
  private let lock = NSLock()
  private var hasEnded = false

  /// Standard output and errors go to the log.
  init(_ arguments: [String], log: URL) throws {
    self.log = log
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(
      &actions, 1, log.path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // Threads of a test block signals, and a program starts with the mask of its maker.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    let words = ["/usr/bin/env", "PATH=\(Tool.searchPath)"] + arguments
    var argv = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { while let word = unsafe argv.popLast() { unsafe free(word) } }
    var pid: Int32 = 0
    let status = unsafe posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, &argv, environ)
    guard status == 0 else { throw ToolFailure(description: "cannot start \(arguments)") }
    self.pid = pid
  }

  deinit { stop() }

  var isRunning: Bool {
    lock.withLock {
      if !hasEnded { hasEnded = waitpid(pid, nil, WNOHANG) != 0 }
      return !hasEnded
    }
  }

  var logged: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { kill(pid, number) }

  func stop() {
    if isRunning {
      kill(pid, SIGTERM)
      let end = Date(timeIntervalSinceNow: 1)
      while isRunning, Date() < end { usleep(5_000) }
    }
    // What is left of the group this process made; the number is not in use by others before its
    // last member is gone.
    kill(-pid, SIGKILL)
    while isRunning { usleep(5_000) }
  }
}

/// Ports that nobody listens on.
enum FreePort {
  private static let lock = NSLock()
  nonisolated(unsafe) private static var next = 20_000 + Int.random(in: 0..<8_000)

  /// A port of its own for every caller in this process, checked by binding it.
  static func take() throws -> Int {
    try lock.withLock {
      for _ in 0..<2_000 {
        unsafe next += 1
        let port = unsafe next
        if isFree(port) { return port }
      }
      throw ToolFailure(description: "no free port")
    }
  }

  private static func isFree(_ port: Int) -> Bool {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
