import Foundation
import Glibc
import Testing

/// A server of one test: it ends with this value, and in any case after a few minutes.
final class ServerProcess: @unchecked Sendable {
  private static let longest = "300"
  private let process = Process()

  init(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:], log: URL? = nil
  ) throws {
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = ["--kill-after=5", Self.longest] + arguments
    process.currentDirectoryURL = folder
    process.environment = Program.environment.merging(["HOME": folder.path]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    var output = FileHandle.nullDevice
    if let log {
      try Data().write(to: log)
      output = try FileHandle(forWritingTo: log)
    }
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  deinit {
    // timeout(1) hands the signal on.
    process.terminate()
    process.waitUntilExit()
  }

  var isRunning: Bool { process.isRunning }

  /// Waits until something is true.
  static func wait(for what: String, seconds: Double = 30, _ isTrue: () throws -> Bool) throws {
    let end = Date().addingTimeInterval(seconds)
    while try !isTrue() {
      guard Date() < end else { throw ToolFailure(description: "\(what) did not happen") }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  static func freePort() throws -> Int {
    let text = try Program.run(
      [
        "python3", "-c",
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
      ], in: URL(filePath: "/")
    ).expect().output
    return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }
}

/// A program that a test kills without warning, as the kernel does.
final class KillableProcess: @unchecked Sendable {
  private let process = Process()

  init(_ arguments: [String], in folder: URL, environment: [String: String]) throws {
    process.executableURL = URL(filePath: arguments[0])
    process.arguments = Array(arguments.dropFirst())
    process.currentDirectoryURL = folder
    process.environment = Program.environment.merging(["HOME": folder.path]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  func kill() {
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  deinit { if process.isRunning { kill() } }
}
