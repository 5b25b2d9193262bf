import Foundation
import Testing

/// One repository with its keys, and everything that a run may leave behind.
struct FaultCase: Sendable {
  let folder: TemporaryFolder

  var repository: URL { folder.url("repository") }
  var keys: URL { folder.url("keys") }

  private static let arguments = ["apply", "--auto-approve", "--allow", "authorities=2"]

  /// Runs certwright below another program, which may be none.
  func certwright(
    _ arguments: [String], below: [String] = [], environment: [String: String] = [:]
  ) throws -> Outcome {
    try Program.run(
      below + [Program.certwright] + arguments, in: repository,
      environment: [
        "CERTWRIGHT_KEYS": keys.path, "TMPDIR": folder.url("tmp").path,
        "HOME": folder.url("home").path,
      ].merging(environment) { $1 })
  }

  func apply(below: [String] = [], environment: [String: String] = [:]) throws -> Outcome {
    try certwright(Self.arguments, below: below, environment: environment)
  }

  func git(_ arguments: String...) throws -> Outcome {
    try Program.run(["git"] + arguments, in: repository)
  }

  var tip: String? {
    get throws {
      let outcome = try git("rev-parse", "-q", "--verify", "refs/heads/published")
      return outcome.code == 0
        ? outcome.output.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }
  }

  /// Everything that is stored, but for who held the lock of runs.
  func fingerprint() throws -> String {
    let script = """
      find repository keys tmp home ! -name certwright.lock -type f -exec sha256sum {} + | sort
      find repository keys tmp home -type d | sort
      if [ -s repository/.git/certwright.lock ]; then echo crashed; fi
      """
    return try Program.run(["sh", "-c", script], in: folder.root).output
  }

  // MARK: - What must be true afterwards

  /// What became of a run that a fault hit, judged by all that follows.
  ///
  /// - Returns: what is wrong, in words; empty when all is well.
  func problems(
    after outcome: Outcome, from before: String?, mayBeKilled: Bool = false
  ) throws -> [String] {
    var problems: [String] = []
    let hit = try tip
    if outcome.code == 0 {
      if hit == before { problems.append("it claimed success and published nothing") }
    } else if !(1...6).contains(outcome.code), !mayBeKilled {
      problems.append("it ended with \(outcome.code)")
    }
    let texts = outcome.output + outcome.errors
    if texts.contains("PRIVATE KEY") { problems.append("it printed a key") }

    let clean = try apply()
    guard clean.code == 0 else {
      return problems + ["the next run failed: \(clean.code) \(clean.errors)"]
    }
    let converged = try tip
    if converged == before { problems.append("the next run published nothing") }
    if let hit, try git("merge-base", "--is-ancestor", hit, "published").code != 0 {
      problems.append("a commit that was published is gone")
    }
    let again = try apply()
    if again.code != 0 || !again.output.contains("nothing to do") {
      problems.append("a further run was not quiet: \(again.code) \(again.output)\(again.errors)")
    }
    if try tip != converged { problems.append("a further run made a commit") }
    let audit = try certwright(["verify"])
    if audit.code != 0 { problems.append("verify: \(audit.output)\(audit.errors)") }
    let check = try git("fsck", "--strict", "--no-dangling")
    if check.code != 0 { problems.append("git fsck: \(check.output)\(check.errors)") }
    problems += try leftovers() + spilledKeys()
    return problems
  }

  /// Temporary files that a clean run should have swept.
  private func leftovers() throws -> [String] {
    var found: [String] = []
    for root in [repository.appending(path: ".git"), keys, folder.url("tmp"), folder.url("home")] {
      let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
      for name in names ?? [] {
        let last = name.split(separator: "/").last ?? ""
        let isTemporary =
          last.hasPrefix("tmp_") || last.hasPrefix(".staging") || last.hasSuffix(".lock")
          || root.lastPathComponent == "tmp"
        if isTemporary, last != "certwright.lock" { found.append("left behind: \(name)") }
      }
    }
    return found
  }

  /// Private keys anywhere but in the key folder: in files, and in objects that no file shows.
  private func spilledKeys() throws -> [String] {
    var problems: [String] = []
    // The last letters of a key's text are its own; the first are the same for all of a kind.
    let search = """
      keys=$(find keys -name '*.pem' | wc -l); [ "$keys" -gt 0 ] || exit 9
      for key in $(find keys -name '*.pem'); do sed -n 2p "$key" | tail -c 30 | head -c 20; echo; \
      grep -q 'PRIVATE KEY' "$key" || exit 8; done > needles
      echo 'PRIVATE KEY' >> needles
      (cd repository && git cat-file --batch-all-objects --batch) > dump
      grep -rlaF -f needles dump repository tmp home
      """
    let outcome = try Program.run(["sh", "-c", search], in: folder.root)
    // grep finds nothing: 1.
    if outcome.code != 1 { problems.append("keys spilled: \(outcome.code) \(outcome.output)") }
    return problems
  }
}
