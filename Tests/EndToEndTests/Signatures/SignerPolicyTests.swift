import Foundation
import Testing

/// Whose signatures which files need, in histories as people make them.
struct SignerPolicyTests {
  private static let policy = """
    rules:
    - paths: ["payments/**"]
      principals: ["pay*@example.com"]
    - paths: ["*.yaml"]
      principals: ["plat*@example.com"]
    - kinds: [Authority, Revocation]
      quorum: 2
      principals: ["plat*@example.com"]
    """

  /// A repository in which everything so far is applied.
  private func world() throws -> World {
    let world = try World([:])
    try world.allow("pay1", "pay2", "plat1", "plat2")
    try world.folder.write("rules.yaml", Self.policy)
    try world.commit(Sample.files, by: "plat1")
    try world.signedApply().expect()
    return world
  }

  private func plan(_ world: World) throws -> Outcome {
    try world.signedPlan("--signers-policy", world.rules)
  }

  private static let client = Sample.client("payments/a")

  @Test func `a file is signed by those who may sign it`() throws {
    let world = try world()
    try world.commit(["payments/a.yaml": Self.client], by: "pay1")
    try plan(world).expect(says: "1 to issue")
    try world.signedApply("--signers-policy", world.rules).expect()
    try world.commit(["payments/a.yaml": Self.client + "lifetime: 30d\n"], by: "plat1")
    try plan(world).expect(
      3, says: "\"payments/a.yaml\": 1 signature of \"pay*@example.com\" needed, none there")
    // The same content again by one who may: a commit that changes it counts.
    try world.commit(["payments/a.yaml": Self.client], by: "plat2")
    try world.commit(["payments/a.yaml": Self.client + "lifetime: 30d\n"], by: "pay2")
    try plan(world).expect(says: "1 to replace")
    // Removal is a change like any other.
    try world.commit(["payments/a.yaml": nil], by: "plat1")
    try plan(world).expect(3, says: "missing-signers")
    try world.commit(["else/b.yaml": "# nothing\n"], by: "plat1")
    try plan(world).expect(3, says: "\"else/b.yaml\": no rule says who may sign it")
  }

  @Test func `a quorum is reached by the author and the one who merges`() throws {
    let world = try world()
    let revocation = Sample.revocation("identity: app1", "reason: superseded")
    try world.run(["switch", "-q", "-c", "topic"], by: nil)
    try world.commit(["revoked.yaml": revocation], by: "plat1")
    try world.run(["switch", "-q", "main"], by: nil)
    try world.run(["merge", "-q", "--no-ff", "-m", "merge", "topic"], by: "plat2")
    try plan(world).expect(says: "1 to revoke")
    // Forwarded instead of merged it has one signature.
    try world.git("reset", "-q", "--hard", "topic")
    try plan(world).expect(
      3, says: "\"revoked.yaml\": 2 signatures of \"plat*@example.com\" needed, 1 there")
    // The same person merging adds none.
    try world.git("reset", "-q", "--hard", "HEAD~1")
    try world.run(["merge", "-q", "--no-ff", "-m", "merge", "topic"], by: "plat1")
    try plan(world).expect(3, says: "1 there")
  }

  @Test func `an approval is an empty commit that says so`() throws {
    let world = try world()
    let revocation = Sample.revocation("identity: app1", "reason: superseded")
    try world.commit(["revoked.yaml": revocation], by: "plat1")
    try plan(world).expect(3, says: "1 there")
    let head = try world.git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
    // An empty commit for another purpose approves nothing, and one that names another neither.
    try world.commit([:], by: "plat2", "run the pipeline again")
    try plan(world).expect(3, says: "1 there")
    try world.commit([:], by: "plat2", "yes\n\nApproves: \(head)")
    try plan(world).expect(3, says: "1 there")
    try world.git("reset", "-q", "--hard", head)
    try world.commit([:], by: "pay1", "yes\n\nApproves: \(head)")
    try plan(world).expect(3, says: "1 there")
    try world.git("reset", "-q", "--hard", head)
    try world.commit([:], by: "plat2", "yes\n\nApproves: \(head)")
    try plan(world).expect(says: "1 to revoke")
    // What is changed afterwards was not approved.
    try world.commit(["revoked.yaml": revocation + "# more\n"], by: "plat1")
    try plan(world).expect(3, says: "1 there")
  }

  @Test func `later commits on top do not launder an earlier one`() throws {
    let world = try world()
    let revocation = Sample.revocation("identity: app1", "reason: superseded")
    // plat2 has a branch of his own, takes the main line into it, and goes on.
    try world.run(["switch", "-q", "-c", "own"], by: nil)
    try world.commit(["note.yaml": "# own work\n"], by: "plat2")
    try world.run(["switch", "-q", "main"], by: nil)
    try world.commit(["revoked.yaml": revocation], by: "plat1")
    try world.run(["switch", "-q", "own"], by: nil)
    try world.run(["merge", "-q", "--no-ff", "-m", "update", "main"], by: "plat2")
    try world.commit(["note.yaml": "# more work\n"], by: "plat2")
    try world.run(["switch", "-q", "main"], by: nil)
    try world.run(["merge", "-q", "--no-ff", "-m", "merge", "own"], by: "plat1")
    try world.commit(["note.yaml": "# still more work\n"], by: "plat2")
    try plan(world).expect(
      3, says: "\"revoked.yaml\": 2 signatures of \"plat*@example.com\" needed, 1 there")
  }

  @Test func `an old approval does not let an old state return`() throws {
    let world = try world()
    for (branch, text) in [("guarded", "protected: true\n"), ("free", "")] {
      try world.run(["switch", "-q", "-c", branch], by: nil)
      try world.commit(["authorities.yaml": Sample.authorities + text], by: "plat1")
      try world.run(["switch", "-q", "main"], by: nil)
      try world.run(["merge", "-q", "--no-ff", "-m", branch, branch], by: "plat2")
      try world.signedApply("--signers-policy", world.rules).expect()
    }
    // One person brings back, dated before everything else, what two signed once.
    try world.run(["merge", "-q", "--no-ff", "-m", "x", "-s", "ours", "guarded"], by: "plat1")
    try world.commit(
      ["authorities.yaml": Sample.authorities + "protected: true\n"], by: "plat1",
      at: 1_000_000_000)
    try plan(world).expect(
      3, says: "\"authorities.yaml\": 2 signatures of \"plat*@example.com\" needed, 1 there")
  }

  @Test func `going back on purpose takes the signatures of then`() throws {
    let world = try world()
    let old = try world.git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
    try world.commit(["payments/a.yaml": Self.client], by: "pay1")
    try world.signedApply("--signers-policy", world.rules).expect()
    // Nobody of payments signed the absence of the file.
    try world.signedApply(
      "--ref", old, "--allow", "rewinds=1", "--signers-policy", world.rules
    ).expect(3, says: "\"payments/a.yaml\"")
    try world.signedApply("--ref", old, "--allow", "rewinds=1").expect(says: "1 retired")
  }
}
