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

/// A folder that is removed with its owner. Daemons that give up root can look into it.
final class TemporaryFolder: Sendable {
  let root: URL

  init() throws {
    root = URL(filePath: "/tmp/certwright-\(UUID().uuidString.lowercased())")
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

/// A program that runs until its owner is done with it.
final class BackgroundProcess: @unchecked Sendable {
  private let process = Process()
  private let log: URL

  init(
    _ arguments: [String], log: URL, environment: [String: String] = [:]
  ) throws {
    self.log = log
    try Data().write(to: log)
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(["PATH": Tool.searchPath]) { $1 }.merging(environment) { $1 }
    let handle = try FileHandle(forWritingTo: log)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
  }

  deinit { stop() }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  var logged: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { kill(pid, number) }

  func stop() {
    guard process.isRunning else { return }
    kill(pid, SIGTERM)
    let end = Date(timeIntervalSinceNow: 3)
    while process.isRunning, Date() < end { usleep(10_000) }
    if process.isRunning { kill(pid, SIGKILL) }
    process.waitUntilExit()
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
