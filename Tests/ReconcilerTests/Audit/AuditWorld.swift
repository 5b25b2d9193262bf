import Cryptography
import Foundation
import Git
import PKI
import Testing

@testable import Reconciler

/// A repository of one test, in a folder that goes with it: desired state, applied in this process
/// at times that the test chooses.
final class AuditWorld {
  let folder: String
  var now = Timestamp(seconds: 1_790_000_000)

  static let desired = """
    kind: Authority
    name: root
    subject: {commonName: Test Root CA}
    key: ecdsa-p256
    lifetime: 3650d
    crl: {lifetime: 30d, refreshBefore: 10d}
    ---
    kind: Authority
    name: edge
    issuer: root
    subject: {commonName: Test Edge CA}
    key: ecdsa-p256
    lifetime: 1000d
    pathLength: 0
    crl: {lifetime: 7d, refreshBefore: 3d}
    ---
    kind: Server
    name: api
    issuer: edge
    dnsNames: [api.example.com]
    ipAddresses: [10.0.0.1]
    lifetime: 90d
    ---
    kind: Client
    names: [app1, app2, teams/app3]
    issuer: edge
    lifetime: 90d
    ---
    kind: TrustBundle
    name: clients
    authorities: [edge]
    ---
    kind: Proxy
    name: front
    software: nginx
    directory: /etc/nginx/certwright
    server: api
    listen: 443
    clients: {trust: clients, verify: required, allow: [app1]}
    routes:
      - {path: /, upstreams: ["127.0.0.1:8000"]}

    """

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/certwright-audit-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder + "/repository/desired-state", withIntermediateDirectories: true)
    try git("init", "--quiet", "--initial-branch", "main")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var repository: String { folder + "/repository" }

  func options(at time: Timestamp? = nil) -> Options {
    Options(
      repository: repository, path: "desired-state", revision: "HEAD", publishedBranch: nil,
      keys: folder + "/keys", clock: time ?? now, at: nil, isSimulated: false)
  }

  // MARK: - Desired state and runs

  func declare(_ text: String, in file: String = "all.yaml") throws {
    try Data(text.utf8).write(
      to: URL(fileURLWithPath: "\(repository)/desired-state/\(file)"))
    try git("add", "--all")
    try git("commit", "--quiet", "--message", "desired state")
  }

  @discardableResult
  func apply() throws -> ApplyRun.Result {
    let run = ApplyRun(
      options: options(), allowances: ["authorities": 9, "revocations": 9, "retirements": 9],
      passphrase: nil, isUnattended: true)
    return try run.run(in: try Repository(at: repository)) { _ in true }
  }

  func audit(at time: Timestamp? = nil, in path: String? = nil) throws -> AuditReport {
    var options = options(at: time)
    options.repository = path ?? repository
    return try Audit(options).run(in: try Repository(at: options.repository))
  }

  /// A world with everything issued, and one client revoked a day later.
  static func applied() throws -> AuditWorld {
    let world = try AuditWorld()
    try world.declare(desired)
    try world.apply()
    world.now = world.now + .days(1)
    try world.declare(
      "kind: Revocation\nidentity: app2\nreason: keyCompromise\n", in: "revoked.yaml")
    try world.apply()
    return world
  }

  // MARK: - Tampering

  /// Commits to the published branch what the body does to its files.
  func tamper(_ body: (_ folder: String) throws -> Void) throws {
    let path = folder + "/tampered-\(UUID().uuidString)"
    try git("worktree", "add", "--quiet", path, "published")
    try body(path)
    try run("git", "add", "--all", in: path)
    try run("git", "commit", "--quiet", "--message", "tampered", in: path)
    try git("worktree", "remove", path)
  }

  /// Every file of the published branch below a folder.
  func files(_ below: String) throws -> [String] {
    try git("ls-tree", "-r", "--name-only", "published", below + "/").split(separator: "\n")
      .map(String.init)
  }

  func published(_ path: String) throws -> [UInt8] {
    Array(try data("git", "show", "published:\(path)", in: repository))
  }

  // MARK: - Programs

  @discardableResult
  func git(_ arguments: String...) throws -> String {
    try text(["git"] + arguments, in: repository)
  }

  @discardableResult
  func run(_ arguments: String..., in path: String) throws -> String {
    try text(arguments, in: path)
  }

  private func text(_ arguments: [String], in path: String) throws -> String {
    String(decoding: try data(arguments, in: path), as: UTF8.self)
      .trimmingCharacters(in: .newlines)
  }

  private func data(_ arguments: String..., in path: String) throws -> Data {
    try data(arguments, in: path)
  }

  struct ProgramError: Error, CustomStringConvertible {
    let description: String
  }

  private func data(_ arguments: [String], in path: String) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder,
      "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
      "GIT_COMMITTER_NAME": "Bob", "GIT_COMMITTER_EMAIL": "bob@example.com",
      "GIT_CONFIG_NOSYSTEM": "1",
    ]
    let name = folder + "/.run-\(UUID().uuidString)"
    defer {
      for suffix in ["-out", "-err"] { try? FileManager.default.removeItem(atPath: name + suffix) }
    }
    try Data().write(to: URL(fileURLWithPath: name + "-out"))
    try Data().write(to: URL(fileURLWithPath: name + "-err"))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: name + "-out")
    process.standardError = FileHandle(forWritingAtPath: name + "-err")
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let errors = try Data(contentsOf: URL(fileURLWithPath: name + "-err"))
      throw ProgramError(
        description:
          "\(arguments.joined(separator: " ")): \(String(decoding: errors, as: UTF8.self))")
    }
    return try Data(contentsOf: URL(fileURLWithPath: name + "-out"))
  }
}
