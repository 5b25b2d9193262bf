import Foundation
import Testing

/// A folder below `examples/`: desired state, the plan that it gives, and perhaps what happens to it
/// later.
struct Example: Sendable, CustomTestStringConvertible {
  let folder: URL

  var name: String { folder.lastPathComponent }
  var testDescription: String { name }

  /// What is merged later and what is refused, in order of time.
  func steps() throws -> [Step] {
    let folders = try ["then", "refused"].map { folder.appending(path: $0) }
      .filter { FileManager.default.fileExists(atPath: $0.path) }.flatMap(Example.folders)
    return folders.sorted { $0.lastPathComponent < $1.lastPathComponent }.map { Step(folder: $0) }
  }

  /// A day on which something is merged, or on which time alone has passed.
  struct Step: Sendable {
    let folder: URL

    var name: String { folder.lastPathComponent }
    /// Midnight of the day that its name begins with.
    var moment: String { name.prefix(10) + "T00:00:00Z" }
    var isRefused: Bool { folder.deletingLastPathComponent().lastPathComponent == "refused" }
    var patch: URL? {
      let file = folder.appending(path: "change.patch")
      return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }

    func plan() throws -> String { try folder.appending(path: "plan.txt").text() }
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../examples").standardizedFileURL

  static func all() throws -> [Example] {
    try folders(in: root).filter {
      FileManager.default.fileExists(atPath: $0.appending(path: "desired-state").path)
    }.map { Example(folder: $0) }
  }

  static func folders(in parent: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: parent, includingPropertiesForKeys: [.isDirectoryKey]
    ).filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}

extension URL {
  func text() throws -> String { try String(contentsOf: self, encoding: .utf8) }
}

/// A repository made of an example, with a key store beside it.
struct ExamplesRepository {
  static let birth = "2026-01-01T00:00:00Z"

  private let folder: TemporaryFolder
  private var repository: String { folder.url("repository").path }

  init(_ example: Example) throws {
    folder = try TemporaryFolder()
    try Tool.check([Example.root.appending(path: "make").path, example.name, repository])
  }

  /// A repository of the `desired-state` in a folder.
  init(desiredState parent: URL) throws {
    folder = try TemporaryFolder()
    try Tool.check(["git", "init", "--quiet", "--initial-branch=main", repository])
    try Tool.check(["cp", "-R", parent.appending(path: "desired-state").path, repository])
    try Tool.check(["git", "-C", repository, "add", "--all"])
    try commit("desired state")
  }

  // MARK: - certwright

  func validate() throws -> String { try certwright(["validate"]) }

  /// The plan at a time, with the exit code that tells changes from none.
  func plan(at time: String) throws -> (text: String, hasChanges: Bool) {
    let result = try run(["plan", "--at", time, "--detailed-exitcode"])
    guard [0, 2].contains(result.status) else {
      throw ToolFailure(description: "plan: \(result.status) \(result.output)\(result.errors)")
    }
    return (result.output, result.status == 2)
  }

  /// What the plan at a time says instead of being one that can be applied.
  func refusal(at time: String) throws -> String {
    let plan = try run(["plan", "--at", time])
    let apply = try run(Self.applying(at: time))
    guard [1, 3].contains(plan.status), apply.status != 0 else {
      throw ToolFailure(description: "not refused: \(plan.status), \(apply.status)")
    }
    return plan.output + plan.errors
  }

  func apply(at time: String) throws { _ = try certwright(Self.applying(at: time)) }

  private static func applying(at time: String) -> [String] {
    ["apply", "--at", time, "--simulated-time", "--auto-approve", "--allow", "authorities=10"]
  }

  private func certwright(_ arguments: [String]) throws -> String {
    let result = try run(arguments)
    guard result.status == 0 else {
      throw ToolFailure(
        description: "\(arguments): \(result.status) \(result.output)\(result.errors)")
    }
    return result.output
  }

  private func run(_ arguments: [String]) throws -> ToolResult {
    try Tool.run(
      [BuiltProducts.certwright] + arguments
        + ["--repository", repository, "--keys", folder.url("keys").path])
  }

  // MARK: - git and openssl

  /// Merges what a step changes, as its own commit.
  func merge(_ step: Example.Step) throws {
    guard let patch = step.patch else { return }
    try Tool.check(["git", "-C", repository, "apply", "--index", patch.path])
    try commit(step.name)
  }

  /// Takes the last merge back.
  func undo() throws {
    try Tool.check(["git", "-C", repository, "reset", "--quiet", "--hard", "HEAD~1"])
  }

  private func commit(_ message: String) throws {
    try Tool.check([
      "git", "-C", repository, "-c", "user.name=Example", "-c", "user.email=example@example.com",
      "commit", "--quiet", "--message", message,
    ])
  }

  /// What OpenSSL says about each published identity, with every CRL of every chain; none means that
  /// it accepts all.
  func refusedIdentities(at time: String) throws -> [String] {
    let published = try TemporaryFolder()
    try Tool.check([
      "git", "-C", repository, "archive", "--output", published.url("tar").path, "published",
    ])
    try Tool.check(["tar", "-xf", published.url("tar").path, "-C", published.root.path])
    let authorities = try files(in: published.url("authorities"))
    let roots = try authorities.filter { $0.lastPathComponent == "ca.pem" }.filter {
      try Tool.run(["openssl", "verify", "-CAfile", $0.path, "-no_check_time", $0.path]).status == 0
    }
    try published.write("roots.pem", try roots.map { try $0.text() }.joined())
    let lists = authorities.filter { $0.lastPathComponent == "crl.pem" }
    try published.write("crls.pem", try lists.map { try $0.text() }.joined())
    let identities = try files(in: published.url("identities"))
    guard !identities.isEmpty else { throw ToolFailure(description: "nothing is published") }
    let seconds = try Tool.check(["date", "--utc", "--date", time, "+%s"])
    return try identities.compactMap { file in
      let result = try Tool.run([
        "openssl", "verify", "-x509_strict", "-crl_check_all",
        "-attime", seconds.trimmingCharacters(in: .whitespacesAndNewlines),
        "-CAfile", published.url("roots.pem").path, "-CRLfile", published.url("crls.pem").path,
        "-untrusted", file.path, file.path,
      ])
      return result.status == 0 ? nil : "\(file.lastPathComponent): \(result.errors)"
    }
  }

  private func files(in folder: URL) throws -> [URL] {
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (found?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "pem" }
      .sorted { $0.path < $1.path }
  }
}

/// Where the build put its executables.
enum BuiltProducts {
  static let certwright = folder.appending(path: "certwright").path

  private static let folder: URL = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    return bundle.map { URL(filePath: $0).deletingLastPathComponent() }
      ?? Example.root.appending(path: "../.build/debug")
  }()
}
