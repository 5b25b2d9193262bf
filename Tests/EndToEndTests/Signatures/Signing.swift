import Foundation
import Testing

/// Keys of people and an allowed-signers file beside a repository.
extension World {
  var allowed: String { folder.url("allowed").path }
  var rules: String { folder.url("rules.yaml").path }

  func keyFile(_ name: String) -> String { folder.url("ssh-\(name)").path }

  /// Makes a key for somebody and returns its public half.
  @discardableResult
  func makeKey(_ name: String, _ type: String = "ed25519") throws -> String {
    try Program.run(
      ["ssh-keygen", "-q", "-N", "", "-C", name, "-t", type, "-f", keyFile(name)], in: folder.root
    ).expect()
    return String(decoding: try folder.bytes("ssh-\(name).pub"), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Makes keys for people, and lists them as `NAME@example.com`.
  func allow(_ names: String...) throws {
    let lines = try names.map { "\($0)@example.com namespaces=\"git\" \(try makeKey($0))\n" }
    try folder.write("allowed", lines.joined())
  }

  /// Commits what is written, signed by somebody, or by nobody.
  func commit(
    _ files: [String: String?], by name: String?, _ message: String = "change", at time: Int? = nil
  ) throws {
    try write(files)
    try git("add", "-A")
    try run(["commit", "-q", "--allow-empty", "-m", message], by: name, at: time)
  }

  /// Runs git with somebody's signing key.
  func run(_ arguments: [String], by name: String?, at time: Int? = nil) throws {
    var environment: [String: String] = [:]
    var settings: [String] = []
    if let name {
      environment = ["GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": "\(name)@example.com"]
      settings = [
        "-c", "gpg.format=ssh", "-c", "commit.gpgSign=true", "-c",
        "user.signingKey=\(keyFile(name))",
      ]
    }
    if let time { environment["GIT_COMMITTER_DATE"] = "@\(time) +0000" }
    let outcome = try Program.run(
      ["git"] + settings + arguments, in: repository, environment: environment)
    guard outcome.code == 0 else {
      throw ToolFailure(description: "git \(arguments): \(outcome.errors)")
    }
  }

  /// `certwright plan` with signatures demanded.
  func signedPlan(_ more: String...) throws -> Outcome {
    try certwright(["plan", "--require-signatures", allowed] + more)
  }

  func signedApply(_ more: String...) throws -> Outcome {
    try certwright(
      [
        "apply", "--auto-approve", "--allow", "authorities=9", "--require-signatures", allowed,
      ] + more)
  }

  /// What git says of a commit's signature.
  func gitAccepts(_ revision: String) throws -> Bool {
    try Program.run(
      ["git", "-c", "gpg.ssh.allowedSignersFile=\(allowed)", "verify-commit", revision],
      in: repository
    ).code == 0
  }

  /// Puts a commit object that git itself would not write on the branch `main`.
  func replaceTip(_ change: (String) -> String) throws {
    let text = change(try git("cat-file", "commit", "HEAD"))
    let written = try Program.run(
      ["git", "hash-object", "-t", "commit", "-w", "--stdin"], in: repository, input: text
    ).expect().output.trimmingCharacters(in: .whitespacesAndNewlines)
    try git("reset", "-q", "--hard", written)
  }
}
