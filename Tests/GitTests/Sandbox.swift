import Foundation
import Git
import PKI
import Testing

/// A temporary folder of one test, removed with it, and the real git in it.
final class Sandbox {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/certwright-git-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs a program in the sandbox, with git's identity set and the user's configuration left out.
  func run(_ arguments: String..., input: [UInt8]? = nil, in subfolder: String = "") throws
    -> Result
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder + "/" + subfolder)
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder,
      "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
      "GIT_AUTHOR_DATE": "1700000000 +0100", "GIT_COMMITTER_NAME": "Bob",
      "GIT_COMMITTER_EMAIL": "bob@example.com", "GIT_COMMITTER_DATE": "1700000060 +0000",
      "GIT_CONFIG_NOSYSTEM": "1",
    ]
    // Files instead of pipes: no output is large enough to block.
    let name = folder + "/.run-\(UUID().uuidString)"
    for suffix in ["in", "out", "err"] {
      let contents = suffix == "in" ? Data(input ?? []) : Data()
      try contents.write(to: URL(fileURLWithPath: "\(name)-\(suffix)"))
    }
    process.standardInput = FileHandle(forReadingAtPath: name + "-in")
    process.standardOutput = FileHandle(forWritingAtPath: name + "-out")
    process.standardError = FileHandle(forWritingAtPath: name + "-err")
    try process.run()
    process.waitUntilExit()
    let output = try Data(contentsOf: URL(fileURLWithPath: name + "-out"))
    let errors = try Data(contentsOf: URL(fileURLWithPath: name + "-err"))
    for suffix in ["in", "out", "err"] {
      try FileManager.default.removeItem(atPath: "\(name)-\(suffix)")
    }
    return Result(
      status: process.terminationStatus,
      output: String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines),
      errors: String(decoding: errors, as: UTF8.self))
  }

  /// Runs git, which must succeed, and returns what it printed.
  @discardableResult
  func git(_ arguments: String..., input: [UInt8]? = nil, in subfolder: String = "repo") throws
    -> String
  {
    let process = try runGit(arguments, input: input, in: subfolder)
    try #require(process.status == 0, "git \(arguments): \(process.errors)")
    return process.output
  }

  func runGit(_ arguments: [String], input: [UInt8]? = nil, in subfolder: String = "repo") throws
    -> Result
  {
    let quoted = arguments.map { "'" + $0.replacing("'", with: "'\\''") + "'" }
    return try run(
      "sh", "-c", "exec git " + quoted.joined(separator: " "), input: input,
      in: subfolder)
  }

  func write(_ text: String, to path: String) throws {
    let file = URL(fileURLWithPath: "\(folder)/\(path)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// A repository `repo` with two commits on `main`.
  static func withHistory() throws -> Sandbox {
    let sandbox = try Sandbox()
    try sandbox.git("init", "-q", "-b", "main", "repo", in: "")
    try sandbox.write("one\n", to: "repo/a.txt")
    try sandbox.write("deep\n", to: "repo/state/x/y.txt")
    try sandbox.write("dash\n", to: "repo/state-1.txt")
    try sandbox.git("add", ".")
    try sandbox.git("commit", "-q", "-m", "first")
    try sandbox.write("two\n", to: "repo/a.txt")
    try sandbox.git("commit", "-q", "-a", "-m", "second\n\nWhy.\n\nPlan-Digest: abc\nOther: x")
    return sandbox
  }

  var path: String { folder + "/repo" }
}

let ada = CommitInfo.Signature(
  name: "Ada", email: "ada@example.com", time: Timestamp(seconds: 1_700_000_000))

func id(_ hex: String) throws -> ObjectID { try #require(ObjectID(hex: hex)) }
