import Foundation
import PKI
import Testing

/// Revoking before anybody could review it.
struct EmergencyTests {
  private let now = World.start + .days(1)

  private func revoke(_ world: World, _ arguments: String...) throws -> Outcome {
    try world.certwright(
      ["revoke", "--auto-approve", "--simulated-time", "--at", "\(now)"] + arguments)
  }

  private func branches(_ world: World) throws -> [String] {
    try world.git("for-each-ref", "--format=%(refname:short)", "refs/heads/certwright/")
      .split(separator: "\n").map(String.init)
  }

  @Test func `a revocation takes effect at once and alone, and asks for its review`() throws {
    let world = try World()
    try world.converge(at: World.start)
    let serial = try world.serial("app1")
    // What was merged since and not applied must not come with it.
    try world.commit(["more.yaml": Sample.client("app2")])
    try revoke(world, "app1", "--reason", "keyCompromise")
      .expect(says: "open a pull request from it")
    #expect(try world.reasons("issuing") == [serial: "keyCompromise"])
    #expect(try !world.publishedPaths("identities").contains("identities/app2.pem"))
    #expect(try world.git("log", "-1", "--format=%s", "published").hasPrefix("EMERGENCY: "))
    try world.certwright(["verify", "--at", "\(now)"]).expect()

    let branch = try #require(try branches(world).first)
    let file = try world.git("diff", "--name-only", "main~1", branch)
    #expect(file.contains("desired-state/revoke-app1-"))
    #expect(try world.git("diff", "--name-status", "main~1", branch).hasPrefix("A\t"))

    // Until the review is merged nothing may undo it, and upkeep goes on.
    try world.apply(at: now).expect(
      1, says: "put the Revocation of \"app1\" back, which was revoke-app1-")
    #expect(try world.reasons("issuing") == [serial: "keyCompromise"])
    try world.git("merge", "-q", "--no-edit", branch)
    try world.converge(at: now)
    #expect(try world.reasons("issuing") == [serial: "keyCompromise"])
    #expect(try world.publishedPaths("identities").contains("identities/app2.pem"))
  }

  @Test func `a squashed review is as good as a merged one`() throws {
    let world = try World()
    try world.converge(at: World.start)
    try revoke(world, "app1", "--reason", "superseded").expect()
    try world.git("merge", "-q", "--squash", try #require(try branches(world).first))
    try world.git("commit", "-q", "-m", "squashed")
    try world.converge(at: now)
  }

  @Test func `with replace the identity gets a new key at once`() throws {
    let world = try World()
    try world.converge(at: World.start)
    let old = try world.certificate("api")
    try revoke(world, "api", "--reason", "keyCompromise", "--replace").expect()
    let new = try world.certificate("api")
    #expect(new.keyID != old.keyID)
    #expect(try world.reasons("issuing") == [old.serial.description: "keyCompromise"])
  }

  @Test func `one certificate is named by its serial number`() throws {
    let world = try World()
    try world.converge(at: World.start)
    let serial = try world.serial("app1")
    try revoke(world, serial, "--reason", "superseded").expect()
    #expect(try world.serial("app1") != serial)
    try revoke(world, serial, "--reason", "superseded").expect(1, says: "is revoked already")
  }

  @Test func `revocations stack, also while new changes are suspended`() throws {
    let world = try World(["all.yaml": Sample.authorities + Sample.clients(["a", "b/c"])])
    try world.converge(at: World.start)
    let serials = [try world.serial("a"), try world.serial("b/c")]
    try world.certwright(["suspend", "--reason", "incident", "--at", "\(World.start)"]).expect()
    try revoke(world, "a", "--reason", "keyCompromise").expect()
    try revoke(world, "b/c", "--reason", "privilegeWithdrawn").expect()
    #expect(
      try world.reasons("issuing")
        == [serials[0]: "keyCompromise", serials[1]: "privilegeWithdrawn"])
    for branch in try branches(world) { try world.git("merge", "-q", "--no-edit", branch) }
    try world.certwright(["resume", "--at", "\(now)"]).expect()
    try world.converge(at: now)
  }

  @Test func `what cannot be revoked is said, and nothing is left behind`() throws {
    let world = try World()
    try revoke(world, "app1", "--reason", "keyCompromise").expect(1, says: "nothing to revoke")
    try world.converge(at: World.start)
    let tip = try world.tip()
    try revoke(world, "app9", "--reason", "keyCompromise").expect(
      1, says: "no certificate was ever")
    try revoke(world, "ab12", "--reason", "keyCompromise").expect(1, says: "no unexpired")
    try revoke(world, "app1", "--reason", "boredom").expect(64, says: "keyCompromise")
    try world.certwright(["revoke", "app1", "--reason", "superseded", "--at", "\(now)"])
      .expect(1, says: "nobody answered")
    #expect(try world.tip() == tip)
    #expect(try branches(world) == [])
  }

  @Test func `what is refused makes neither upkeep nor a branch, and does not say revoked`() throws
  {
    let world = try World([
      "all.yaml": Sample.authorities + Sample.client("app1", "protected: true")
    ])
    try world.converge(at: World.start)
    let tip = try world.tip()
    let late = World.start + .days(80)
    let outcome = try world.certwright([
      "revoke", "app1", "--reason", "keyCompromise", "--auto-approve", "--at", "\(late)",
    ]).expect(3)
    #expect(!outcome.output.contains("revoked:"))
    #expect(try world.tip() == tip)
    #expect(try branches(world) == [])
  }

  @Test func `a long name fits into a branch and a file`() throws {
    let name = Array(repeating: String(repeating: "a", count: 60), count: 4).joined(separator: "/")
    let world = try World([
      "all.yaml": Sample.authorities + Sample.client(name, "subject: {commonName: a}")
    ])
    try world.converge(at: World.start)
    try revoke(world, name, "--reason", "keyCompromise").expect(says: "open a pull request")
  }

  @Test func `a protected identity is revoked when that is allowed by count, and not otherwise`()
    throws
  {
    let world = try World([
      "all.yaml": Sample.authorities + Sample.client("app1", "protected: true")
    ])
    try world.converge(at: World.start)
    try revoke(world, "app1", "--reason", "keyCompromise")
      .expect(3, says: "--allow protections=1")
    #expect(try branches(world) == [])
    try revoke(world, "app1", "--reason", "keyCompromise", "--allow", "protections=1").expect()
    #expect(try world.reasons("issuing").count == 1)
  }

  @Test func `a policy decides which folder takes the document`() throws {
    let policy = """
      ---
      kind: Policy
      name: team
      paths: ["team/**"]
      permit: {kinds: [Client], issuers: [issuing]}
      ---
      kind: Policy
      name: platform
      paths: ["*.yaml", "revocations/**"]
      permit: {kinds: [Authority, Server, Policy, Revocation]}

      """
    let world = try World([
      "all.yaml": Sample.authorities + policy, "team/app.yaml": Sample.client("app1"),
    ])
    try world.converge(at: World.start)
    try revoke(world, "app1", "--reason", "keyCompromise", "--folder", "team")
      .expect(3, says: "policy")
    try revoke(world, "app1", "--reason", "keyCompromise").expect(says: "revocations/revoke-app1-")
  }
}
