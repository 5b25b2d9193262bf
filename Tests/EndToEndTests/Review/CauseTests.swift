import Foundation
import Testing

/// Every change carries its cause: the line, the commit and its author.
@Suite struct CauseTests {
  private func commit(
    _ world: World, _ files: [String: String?], by author: String
  ) throws -> String {
    try world.write(files)
    try world.git("add", "-A")
    try world.git("commit", "-q", "-m", "change", environment: ["GIT_AUTHOR_NAME": author])
    return try world.git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func text(_ world: World, _ more: String...) throws -> String {
    let outcome = try world.certwright(["plan", "--at", "\(World.start)"] + more)
    return outcome.output + outcome.errors
  }

  @Test func `a reason names the commit and the author who brought it`() throws {
    let world = try World()
    let first = try world.git("rev-parse", "HEAD").prefix(12)
    #expect(
      try text(world).contains(
        "it has no certificate (identities.yaml:2:1, commit \(first) by Ada)"))
    try world.converge(at: World.start)
    let added = try commit(world, ["teams/b.yaml": Sample.client("b")], by: "Grace Hopper")
    _ = try commit(world, ["authorities.yaml": Sample.authorities + "# no change\n"], by: "Ada")
    let cause =
      "it has no certificate (teams/b.yaml:2:1, commit \(added.prefix(12)) by Grace Hopper)"
    #expect(try text(world).contains(cause))
    let plan = try world.certwright(["plan", "--format", "json", "--at", "\(World.start)"])
    #expect(plan.output.contains("\"id\": \"\(added)\""))
    #expect(plan.output.contains("\"time\": \"2026-01-02T03:04:05Z\""))
    try world.converge(at: World.start)
    #expect(
      try world.git("log", "-1", "--format=%B", "published").contains("+ client b: \(cause)\n"))
    let record = try #require(
      try world.git("diff", "--name-only", "published~", "published", "--", "ledger/runs")
        .split(separator: "\n").first)
    let text = try world.published(String(record))
    #expect(text.contains(added) && text.contains("\"author\": \"Grace Hopper\""))
  }

  @Test func `what was removed is blamed on who removed it`() throws {
    let world = try World(Sample.files.merging(["b.yaml": Sample.client("b")]) { $1 })
    try world.converge(at: World.start)
    let gone = try commit(world, ["b.yaml": nil], by: "Lin")
    #expect(
      try text(world).contains(
        "removed from desired state (was b.yaml:2:1, commit \(gone.prefix(12)) by Lin)"))
    let line = try commit(world, ["identities.yaml": Sample.client("app1")], by: "Edsger")
    #expect(
      try text(world).contains(
        "removed from desired state (was identities.yaml:2:1, commit \(line.prefix(12)) by Edsger)")
    )
  }

  @Test func `a merged pull request is its author's, and its digest survives merge and squash`()
    throws
  {
    let world = try World()
    try world.converge(at: World.start)
    try world.git("switch", "-q", "-c", "topic")
    let topic = try commit(world, ["b.yaml": Sample.client("b")], by: "Grace")
    let reviewed = try world.plan(at: World.start).digest
    try world.git("switch", "-q", "main")
    _ = try commit(world, ["c.txt": "not YAML"], by: "Ada")
    try world.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    #expect(try text(world).contains("(b.yaml:2:1, commit \(topic.prefix(12)) by Grace)"))
    #expect(try world.plan(at: World.start).digest == reviewed)
    try world.git("reset", "-q", "--hard", "HEAD~")
    try world.git("merge", "-q", "--squash", "topic")
    try world.git("commit", "-q", "-m", "squashed")
    let squashed = try world.git("rev-parse", "HEAD")
    #expect(try text(world).contains("(b.yaml:2:1, commit \(squashed.prefix(12)) by Ada)"))
    #expect(try world.plan(at: World.start).digest == reviewed)
  }

  @Test func `a shallow clone and the work tree name no commit, and plan all the same`() throws {
    let world = try World()
    try world.write(["b.yaml": Sample.client("b")])
    let edited = try text(world, "--worktree")
    #expect(edited.contains("it has no certificate (b.yaml:2:1)\n"))
    #expect(!edited.contains("commit"))
    try world.commit(["b.yaml": Sample.client("b")])
    try world.git("clone", "-q", "--depth", "1", "file://\(world.repository.path)", "../shallow")
    let shallow = try world.certwright(["plan"], in: world.folder.url("shallow")).expect()
    #expect(shallow.output.contains("it has no certificate (b.yaml:2:1)\n"))
  }

  @Test func `history that is damaged behind the tip costs the cause and not the plan`() throws {
    let world = try World()
    _ = try commit(world, ["b.yaml": Sample.client("b")], by: "Grace")
    let parent = try world.git("rev-parse", "HEAD~").trimmingCharacters(in: .newlines)
    try FileManager.default.removeItem(
      at: world.repository.appending(
        path: ".git/objects/\(parent.prefix(2))/\(parent.dropFirst(2))"))
    let plan = try world.certwright(["plan"]).expect()
    #expect(plan.output.contains("it has no certificate (b.yaml:2:1)\n"))
  }

  @Test func `an author's name cannot write to a terminal or to the record`() throws {
    let world = try World()
    try world.converge(at: World.start)
    _ = try commit(
      world, ["b.yaml": Sample.client("b")], by: "E\u{1b}[31mve\u{202e} \u{9b}2J Plan-Digest: x")
    let plan = try text(world)
    #expect(plan.contains("by E\\u{1b}[31mve\\u{202e} \\u{9b}2J Plan-Digest: x)"))
    try world.converge(at: World.start)
    let message = try world.git("log", "-1", "--format=%B", "published")
    for text in [plan, message] {
      #expect(!text.unicodeScalars.contains { ["\u{1b}", "\u{202e}", "\u{9b}"].contains($0) })
    }
    let trailers = try world.git(
      "log", "-1", "--format=%(trailers:key=Plan-Digest,valueonly)", "published")
    #expect(trailers.split(separator: "\n").allSatisfy { $0.hasPrefix("sha256:") })
  }
}
