import Foundation
import PKI
import Testing

/// What somebody did to the published branch by hand, or a restored backup did.
struct RewrittenBranchTests {
  private func world() throws -> World {
    let world = try World()
    try world.converge(at: World.start)
    try world.commit(["revoked.yaml": Sample.revocation("identity: app1")])
    try world.converge(at: World.start)
    return world
  }

  private func requireRefused(
    _ world: World, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let tip = try world.tip()
    let time = "\(World.start)"
    try world.certwright(["plan", "--at", time])
      .expect(1, says: text, sourceLocation: sourceLocation)
    for command in [["apply", "--auto-approve", "--simulated-time"], ["reconcile"]] {
      try world.certwright(command + ["--at", time])
        .expect(1, says: text, sourceLocation: sourceLocation)
    }
    #expect(try world.tip() == tip, sourceLocation: sourceLocation)
  }

  @Test func `a restored old backup is noticed, and the way back is printed`() throws {
    let world = try world()
    let newest = try #require(try world.tip())
    try world.git("branch", "-f", "published", "published~1")
    try requireRefused(world, "was set back to")
    try requireRefused(world, "git branch --force published \(newest)")
    try world.git("branch", "--force", "published", newest)
    try world.converge(at: World.start)
  }

  @Test func `a rewritten history is noticed`() throws {
    let world = try world()
    let tree = try world.git("rev-parse", "published~1^{tree}")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let other = try world.git("commit-tree", tree, "-m", "x\n\nPlan-Digest: sha256:0")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try world.git("update-ref", "refs/heads/published", other)
    try requireRefused(world, "was rewritten")
  }

  @Test func `a branch that is gone is no reason to begin a second CA`() throws {
    let world = try world()
    try world.git("branch", "-D", "published")
    try requireRefused(world, "is gone")
  }

  @Test func `an un-revocation by hand is named`() throws {
    let world = try world()
    try edit(world) { try world.git("-C", "../published", "rm", "-q", "-r", "ledger/revoked") }
    try requireRefused(world, "changed or removed \"ledger/revoked/")
  }

  @Test func `a changed record is named`() throws {
    let world = try world()
    let path = try #require(try world.publishedPaths("ledger/revoked").first)
    let text = try world.published(path).replacing("cause: document", with: "cause: removal")
    try edit(world) { try world.folder.write("published/\(path)", text) }
    try requireRefused(world, "changed or removed \"\(path)\"")
  }

  private func edit(_ world: World, _ change: () throws -> Void) throws {
    try world.git("worktree", "add", "-q", "../published", "published")
    try change()
    try world.git("-C", "../published", "add", "-A")
    try world.git("-C", "../published", "commit", "-q", "-m", "by hand")
    try world.git("worktree", "remove", "../published")
  }
}
