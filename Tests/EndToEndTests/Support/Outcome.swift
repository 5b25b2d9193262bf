import Foundation
import Testing

/// What a program that ran to its end left behind.
struct Outcome: Sendable {
  let code: Int32
  let output: String
  let errors: String

  /// timeout(1) reports a program that a signal ended as 128 and the signal's number, and one that
  /// ran too long as 124 or 137: neither is an exit code of certwright.
  var endedByItself: Bool { code < 124 }

  /// Fails the test unless the exit code is the expected one.
  @discardableResult
  func expect(
    _ code: Int32 = 0, says text: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> Outcome {
    #expect(self.code == code, "\(output)\(errors)", sourceLocation: sourceLocation)
    if let text {
      #expect(
        output.contains(text) || errors.contains(text), "\(output)\(errors)",
        sourceLocation: sourceLocation)
    }
    return self
  }
}

/// Runs programs under a wall-clock limit.
enum Program {
  static let limit = 60

  /// A repository made in a test must not depend on whose machine it is; a time zone far from UTC
  /// shows where local time slipped in.
  static let environment = [
    "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati",
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
  ]

  /// The program under test: it lies beside the test bundle.
  static let certwright: String = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    let folder =
      bundle.map { $0.bundleURL.deletingLastPathComponent() }
      ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    return folder.appending(path: "certwright").path
  }()

  /// - Parameter output: a file that takes standard output instead of the result.
  static func run(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    input: String? = nil, output: String? = nil, limit: Int = Program.limit
  ) throws -> Outcome {
    let scratch = try TemporaryFolder()
    for name in ["out", "err"] { try scratch.write(name, "") }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = ["--signal=KILL", "\(limit)"] + arguments
    process.currentDirectoryURL = folder
    process.environment = Self.environment.merging(["HOME": scratch.root.path]) { $1 }
      .merging(environment) { $1 }
    process.standardInput =
      try input.map { try FileHandle(forReadingFrom: scratch.write("in", $0)) }
      ?? FileHandle.nullDevice
    process.standardOutput = try FileHandle(
      forWritingTo: output.map { URL(filePath: $0) } ?? scratch.url("out"))
    process.standardError = try FileHandle(forWritingTo: scratch.url("err"))
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationReason == .exit ? process.terminationStatus : 128,
      output: String(decoding: try scratch.bytes("out"), as: UTF8.self),
      errors: String(decoding: try scratch.bytes("err"), as: UTF8.self))
  }
}
