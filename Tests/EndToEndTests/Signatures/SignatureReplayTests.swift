import Foundation
import Testing

/// What was signed once must not return without a new signature.
struct SignatureReplayTests {
  /// How an older state comes back: the commit, and words about it.
  private struct Attack: CustomStringConvertible, Sendable {
    let description: String
    let parents: [String]
    let content: String

    init(_ what: String, _ parents: [String], content: String) {
      description = what
      self.parents = parents
      self.content = content
    }
  }

  private static let attacks = [
    Attack("merge before", ["first", "second"], content: "first"),
    Attack("octopus", ["first", "side", "second"], content: "first"),
    Attack("octopus of side", ["side", "first", "second"], content: "side"),
    Attack("merge before side", ["side", "second"], content: "side"),
    Attack("merge beside", ["second", "first"], content: "first"),
    Attack("revert", ["second"], content: "first"),
  ]

  private static let policy = """
    rules:
    - paths: ["**"]
      principals: ["*@example.com"]
    """

  /// `first` has app1; `second`, which is applied, revokes it; `side` began at `first` and was never
  /// merged. All are signed.
  private func world() throws -> World {
    let world = try World([:])
    try world.allow("ada")
    try world.folder.write("rules.yaml", Self.policy)
    try world.commit(Sample.files, by: "ada")
    try world.git("branch", "first")
    try world.signedApply().expect()
    try world.git("switch", "-q", "-c", "side")
    try world.commit(["note.yaml": "# side\n"], by: "ada")
    try world.git("switch", "-q", "main")
    try world.commit(
      ["identities.yaml": Sample.server("api", "dnsNames: [api.example.com]")], by: "ada")
    try world.git("branch", "second")
    try world.signedApply().expect(says: "1 retired")
    return world
  }

  @Test func `an unsigned commit cannot bring an old signed state back`() throws {
    let world = try world()
    let tip = try world.tip()
    for attack in Self.attacks {
      let id = try world.add(attack.description, attack.parents, content: attack.content, by: nil)
      for policy in [[], ["--signers-policy", world.rules]] {
        let plan = try world.certwright(
          ["plan", "--require-signatures", world.allowed] + policy)
        plan.expect(
          3, says: "commit \(id) by \"Ada <ada@example.com>\", \"\(attack)\", is not signed")
        #expect(plan.output.contains("\"identities.yaml\": 1 signature") == !policy.isEmpty)
      }
      try world.signedApply().expect(3, says: "is not signed")
      // A signed commit on top answers for itself alone.
      try world.commit(["more.yaml": "# more\n"], by: "ada")
      try world.signedApply().expect(3, says: "commit \(id) by")
      try world.git("reset", "-q", "--hard", "second")
    }
    #expect(try world.tip() == tip)
  }

  @Test func `a merge of merges is no way around`() throws {
    let world = try world()
    // The unsigned one takes what is applied in unchanged, and the next one drops it.
    try world.add("inner", ["second", "side"], content: "second", by: nil)
    try world.git("branch", "inner")
    let outer = try world.add("outer", ["first", "inner"], content: "first", by: nil)
    try world.signedPlan().expect(3, says: "commit \(outer) by")
    try world.add("outermost", ["HEAD"], content: "first", by: "ada")
    try world.signedPlan().expect(3, says: "commit \(outer) by")
  }

  @Test func `whoever signs such a merge may make it`() throws {
    let world = try world()
    for attack in Self.attacks {
      try world.add(attack.description, attack.parents, content: attack.content, by: "ada")
      try world.signedPlan().expect(says: "1 to issue")
      try world.git("reset", "-q", "--hard", "second")
    }
    try world.add("merge", ["first", "second"], content: "first", by: "ada")
    try world.signedApply().expect(says: "1 issued")
  }

  @Test func `what is gone back to is judged as before the first apply`() throws {
    let world = try world()
    try world.git("switch", "-q", "-c", "topic")
    try world.commit(["evil.yaml": Sample.client("evil")], by: nil, "evil")
    let evil = try world.head()
    try world.commit(["note.yaml": "# harmless\n"], by: "ada")
    try world.git("switch", "-q", "main")
    let back = ["--allow", "rewinds=1"]
    // Never merged, and merged in a way that took nothing of it.
    for merges in [false, true] {
      if merges {
        try world.add("merge", ["second", "topic"], content: "second", by: "ada")
        try world.commit(["more.yaml": "# more\n"], by: "ada")
        try world.signedApply().expect()
      }
      for policy in [[], ["--signers-policy", world.rules]] {
        let plan = ["plan", "--require-signatures", world.allowed] + policy
        try world.certwright(plan + ["--ref", "topic"])
          .expect(3, says: merges ? "does not descend from" : "is not signed")
        try world.certwright(plan + ["--ref", "topic"] + back)
          .expect(3, says: "commit \(evil) by \"Ada <ada@example.com>\", \"evil\", is not signed")
      }
      try world.certwright(
        ["plan", "--require-signatures", world.allowed, "--ref", "side"] + back
      ).expect(says: "1 to issue")
    }
  }

  @Test func `another folder is judged as before the first apply`() throws {
    let world = try world()
    for (path, text) in Sample.files { try world.folder.write("repository/other/\(path)", text) }
    try world.commit([:], by: nil, "evil")
    let evil = try world.head()
    try world.folder.write("repository/other/note.yaml", "# harmless\n")
    try world.commit(["more.yaml": "# more\n"], by: "ada")
    try world.signedApply().expect(says: "applied: ")
    try world.signedPlan("--path", "other").expect(3, says: "commit \(evil) by")
    // Also when signed commits follow.
    try world.folder.write("repository/other/note.yaml", "# still harmless\n")
    try world.commit([:], by: "ada")
    try world.signedPlan("--path", "other").expect(3, says: "commit \(evil) by")
    // A folder that was signed from the beginning is in order.
    try world.git("mv", "other", "old")
    for (path, text) in Sample.files { try world.folder.write("repository/new/\(path)", text) }
    try world.commit([:], by: "ada")
    try world.signedPlan("--path", "new").expect(says: "1 to issue")
  }

  @Test func `an emergency is merged into a line that went on meanwhile`() throws {
    let world = try world()
    try world.certwright(["revoke", "api", "--reason", "superseded", "--auto-approve"]).expect()
    let branch = try world.git("branch", "--list", "--format=%(refname:short)", "certwright/*")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try world.folder.write("repository/README.md", "by nobody")
    try world.commit([:], by: nil)
    try world.run(["merge", "-q", "--no-ff", "-m", "merge", branch], by: "ada")
    try world.commit(["a.yaml": Sample.client("a")], by: "ada")
    try world.signedPlan().expect(says: "1 to issue")
    try world.signedPlan("--signers-policy", world.rules).expect(says: "1 to issue")
  }
}

extension World {
  fileprivate func head() throws -> String {
    try git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Moves `main` to a new commit that has the files of another one.
  @discardableResult
  fileprivate func add(
    _ message: String, _ parents: [String], content: String, by name: String?
  ) throws -> String {
    let arguments =
      ["commit-tree", "\(content)^{tree}", "-m", message] + parents.flatMap { ["-p", $0] }
    let made = try Program.run(["git"] + arguments, in: repository).expect().output
    try git("reset", "-q", "--hard", made.trimmingCharacters(in: .whitespacesAndNewlines))
    if name != nil {
      try run(["commit", "-q", "--amend", "--no-edit", "--allow-empty"], by: name)
    }
    return try head()
  }
}
