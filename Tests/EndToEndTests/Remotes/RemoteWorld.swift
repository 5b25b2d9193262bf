import Foundation
import PKI
import Testing

/// A bare repository that stands for the git host, and a checkout of it in which people work.
final class RemoteWorld: Sendable {
  let world: World
  var remote: URL { world.folder.url("remote.git") }
  var keys: URL { world.keys }

  init(_ files: [String: String] = Sample.files) throws {
    world = try World(files)
    try world.git("init", "-q", "--bare", "-b", "main", remote.path)
    try world.git("remote", "add", "origin", remote.path)
    try push()
  }

  // MARK: - People

  /// Commits to the checkout and pushes it.
  func commit(_ files: [String: String?]) throws {
    try world.commit(files)
    try push()
  }

  func push() throws { try world.git("push", "-q", "origin", "main") }

  // MARK: - Runners

  /// A host that runs certwright: the same keys, clones of its own.
  struct Runner: Sendable {
    let remotes: RemoteWorld
    let name: String
    var address: String
    var environment: [String: String] = [:]

    var clones: URL { remotes.world.folder.url("clones-\(name)") }

    /// The only clone of this runner.
    func clone() throws -> String {
      let names = try FileManager.default.contentsOfDirectory(atPath: clones.path)
      let name = try #require(names.first { $0 != "setup.lock" })
      return "\(clones.path)/\(name)"
    }

    func git(_ arguments: String...) throws -> String {
      try Program.run(["git", "--git-dir", try clone()] + arguments, in: remotes.world.folder.root)
        .expect().output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func certwright(_ arguments: String...) throws -> Outcome {
      try run(arguments)
    }

    private var variables: [String: String] {
      [
        "CERTWRIGHT_KEYS": remotes.keys.path, "CERTWRIGHT_CLONES": clones.path,
        "CERTWRIGHT_REPOSITORY": address,
      ].merging(environment) { $1 }
    }

    func run(
      _ arguments: [String], environment: [String: String] = [:], limit: Int = Program.limit
    ) throws -> Outcome {
      try Program.run(
        [Program.certwright] + arguments, in: remotes.world.folder.root,
        environment: variables.merging(environment) { $1 }, limit: limit)
    }

    /// Starts certwright and does not wait for it.
    func start(_ arguments: [String]) throws -> BackgroundProcess {
      try ServerProcess.start(
        variables.map { "\($0.key)=\($0.value)" } + [Program.certwright] + arguments,
        in: remotes.world.folder.root, log: "\(name).log")
    }

    /// Applies in simulated time.
    func apply(at time: Timestamp, _ more: String...) throws -> Outcome {
      try run(
        ["apply", "--auto-approve", "--allow", "authorities=9", "--simulated-time", "--at"]
          + ["\(time)"] + more)
    }

    func apply(_ more: String..., environment: [String: String] = [:]) throws -> Outcome {
      try run(
        ["apply", "--auto-approve", "--allow", "authorities=9"] + more, environment: environment)
    }
  }

  func runner(_ name: String = "a", address: String? = nil) -> Runner {
    Runner(remotes: self, name: name, address: address ?? "file://\(remote.path)")
  }

  // MARK: - The remote

  /// A hook of the remote, which must succeed for a push to be taken.
  func hook(_ name: String, _ lines: String...) throws {
    let hook = remote.appending(path: "hooks/\(name)")
    try Data(("#!/bin/sh\n" + lines.joined(separator: "\n") + "\n").utf8).write(to: hook)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook.path)
  }

  func dropHook(_ name: String) throws {
    try FileManager.default.removeItem(at: remote.appending(path: "hooks/\(name)"))
  }

  /// Makes the git host disappear for a while.
  func withoutRemote(_ body: () throws -> Void) throws {
    let away = world.folder.url("away.git")
    try FileManager.default.moveItem(at: remote, to: away)
    defer { try? FileManager.default.moveItem(at: away, to: remote) }
    try body()
  }

  /// The numbers of all merges and of all commits of what is published.
  func history() throws -> (merges: Int, subjects: [String]) {
    let merges = try remoteGit("rev-list", "--merges", "--count", "published")
    let log = try remoteGit("log", "--format=%s", "published")
    return (Int(merges) ?? -1, log.split(separator: "\n").map(String.init))
  }

  func remoteGit(_ arguments: String...) throws -> String {
    try Program.run(["git", "--git-dir", remote.path] + arguments, in: world.folder.root)
      .expect().output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func tip(_ branch: String = "published") throws -> String? {
    let outcome = try Program.run(
      ["git", "--git-dir", remote.path, "rev-parse", "-q", "--verify", "refs/heads/\(branch)"],
      in: world.folder.root)
    return outcome.code == 0 ? outcome.output.trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }

  func published(_ path: String) throws -> String {
    try remoteGit("show", "published:\(path)")
  }

  func publishedPaths(_ folder: String) throws -> [String] {
    try remoteGit("ls-tree", "-r", "--name-only", "published", "--", folder)
      .split(separator: "\n").map(String.init)
  }

  func revocationList(_ authority: String) throws -> RevocationListFacts {
    let text = try published("authorities/\(authority)/crl.pem")
    let block = try #require(try PEM.blocks(in: Array(text.utf8)).first)
    return try RevocationListFacts(block.der)
  }

  func serial(_ name: String) throws -> String {
    let text = try published("identities/\(name).pem")
    let block = try #require(try PEM.blocks(in: Array(text.utf8)).first)
    return try CertificateFacts(block.der).serial.description
  }
}
