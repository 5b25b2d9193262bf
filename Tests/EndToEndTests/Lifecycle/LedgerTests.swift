import Foundation
import PKI
import Testing

/// The published branch is the CA's record: what others do to it, and what never enters it.
struct LedgerTests {
  private let later = World.start + .days(1)

  private func applied() throws -> World {
    let world = try World()
    try world.converge(at: World.start)
    return world
  }

  /// Commits a change to the published branch in a worktree of its own, as somebody's hand would.
  @discardableResult
  private func tamper(_ world: World, _ script: String) throws -> String {
    let place = world.folder.url("hand-\(UUID().uuidString)").path
    try world.git("worktree", "add", "-q", place, "published")
    try Program.run(
      ["sh", "-c", "\(script); git add -A; git commit -qm tampered"], in: URL(filePath: place)
    ).expect()
    try world.git("worktree", "remove", "--force", place)
    return try #require(try world.tip())
  }

  @Test func `what somebody changed by hand outside the ledger is drift and is rendered again`()
    throws
  {
    let world = try applied()
    let before = try world.git("rev-parse", "published^{tree}")
    try tamper(
      world,
      "echo x > identities/app1.pem; rm README.md; echo y > identities/stray.pem; rm -r authorities/root"
    )
    let plan = try world.plan(at: later)
    #expect(plan.deeds == [])
    #expect(
      Set(plan.lines).isSuperset(of: [
        "publish identity stray", "publish client app1", "publish authority root",
      ]), "\(plan.lines)")
    try world.converge(at: later)
    #expect(
      try world.git("diff", "--name-only", before.trimmingCharacters(in: .newlines), "published")
        .split(separator: "\n").allSatisfy { $0.hasPrefix("ledger/runs/") || $0 == "README.md" })
    #expect(try world.git("log", "-1", "--format=%P", "published") != "")
  }

  @Test func `a README alone is drift too`() throws {
    let world = try applied()
    let before = try world.published("README.md")
    try tamper(world, "echo hello > README.md")
    #expect(try world.plan(at: World.start).lines == ["publish folder README.md"])
    try world.converge(at: World.start)
    #expect(try world.published("README.md") == before)
  }

  @Test(arguments: [
    "rm", "echo x >>", "cp desired/authorities.yaml", "chmod +x",
  ])
  func `a record that was changed or removed is refused with commit and path`(_ deed: String) throws
  {
    let world = try applied()
    let record = try #require(
      try world.publishedPaths("ledger/issued").first { $0.hasSuffix(".pem") })
    let commit = try tamper(world, "\(deed) \(record)")
    let message = "commit \(commit) changed or removed \"\(record)\""
    try world.certwright(["plan", "--at", "\(later)"]).expect(1, says: message)
    try world.apply(at: later).expect(1, says: message)
    #expect(try world.tip() == commit)
    // A later commit that leaves the ledger alone does not hide it.
    try tamper(world, "echo x > README.md")
    try world.apply(at: later).expect(1, says: message)
  }

  @Test func `a record of a run may not change either`() throws {
    let world = try applied()
    let commit = try tamper(world, "rm -r ledger/runs")
    try world.apply(at: later).expect(1, says: "commit \(commit) changed or removed")
  }

  @Test func `a foreign file among the records is named`() throws {
    let world = try applied()
    try tamper(world, "cp identities/app1.pem $(dirname $(ls ledger/issued/*/*/*/*.pem | head -1))")
    try world.apply(at: later).expect(1, says: "app1.pem")
  }

  @Test func `a removed desired folder and a branch of something else are refused`() throws {
    let world = try World()
    try world.git("branch", "published")
    let tip = try world.tip()
    try world.apply().expect(1)
    #expect(try world.tip() == tip)
  }

  @Test func `a published branch that is checked out is refused`() throws {
    let world = try applied()
    let place = world.folder.url("linked").path
    try world.git("worktree", "add", "-q", place, "published")
    try world.commit(["more.yaml": Sample.client("b")])
    try world.apply(at: later).expect(1, says: "the branch \"published\" is checked out in")
    try world.git("worktree", "remove", "--force", place)
    try world.converge(at: later)
  }

  @Test func `runs at the same time end with one history and nothing lost`() async throws {
    let world = try World(["all.yaml": Sample.authorities + Sample.clients(["a", "b", "c"])])
    let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
      for _ in 0..<3 { group.addTask { try world.apply() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.allSatisfy { [0, 5].contains($0.code) }, "\(outcomes)")
    #expect(outcomes.filter { $0.output.contains("applied: ") }.count == 1, "\(outcomes)")
    for outcome in outcomes where outcome.code == 5 {
      #expect(outcome.errors.contains("another run holds the lock: process "))
    }
    #expect(try world.git("rev-list", "--count", "published") == "1\n")
    try world.apply().expect(says: "nothing to do")
  }

  @Test func `runs in two clones that share nothing but the branch never lose a commit`()
    async throws
  {
    // A second repository on the same objects and refs has a lock of its own when it is reached
    // through a remote; here the branch moves under a run that has already planned.
    let world = try applied()
    try world.commit(["more.yaml": Sample.clients((0..<60).map { "c\($0)" })])
    let apply = Task { try world.apply(at: later) }
    let tree = try world.git("rev-parse", "published^{tree}").trimmingCharacters(in: .newlines)
    var moves = 0
    for number in 0..<20 {
      let tip = try #require(try world.tip())
      let commit = try world.git("commit-tree", tree, "-p", tip, "-m", "hand \(number)")
        .trimmingCharacters(in: .newlines)
      let moved = try Program.run(
        ["git", "update-ref", "refs/heads/published", commit, tip], in: world.repository)
      if moved.code == 0 { moves += 1 } else { break }
      if try world.git("rev-parse", "published^{tree}").trimmingCharacters(in: .newlines) != tree {
        break
      }
    }
    try await apply.value.expect(says: "applied")
    let merges = try world.git("rev-list", "--merges", "--count", "published")
    #expect(merges == "0\n")
    let hands = try world.git("log", "--format=%s", "published").split(separator: "\n")
      .filter { $0.hasPrefix("hand ") }
    #expect(hands.count == moves)
  }

  @Test func `no private key enters git, and keys are their owner's alone`() throws {
    let world = try applied()
    try world.commit(["more.yaml": Sample.client("b", "key: rsa-2048")])
    try world.converge(at: later)
    let everything = try Program.run(
      [
        "sh", "-c",
        "git rev-list --objects --all | cut -d' ' -f1 | git cat-file --batch | grep -ac 'PRIVATE KEY'",
      ], in: world.repository)
    #expect(everything.output == "0\n")
    let modes = try Program.run(
      ["find", world.keys.path, "-printf", "%y %m\n"], in: world.repository
    ).expect().output
    #expect(Set(modes.split(separator: "\n")) == ["d 700", "f 600"])
    let headers = try Program.run(
      ["sh", "-c", "grep -rh BEGIN '\(world.keys.path)' | sort -u"], in: world.repository
    ).expect().output
    #expect(headers == "-----BEGIN PRIVATE KEY-----\n")
  }

  @Test func `an encrypted store needs its passphrase, and openssl can read it with it`() throws {
    let world = try World()
    let good = try world.folder.write("good", "correct horse\n").path
    let bad = try world.folder.write("bad", "wrong horse\n").path
    try world.apply(at: World.start, "--passphrase-file", good).expect()
    let headers = try Program.run(
      ["sh", "-c", "grep -rh BEGIN '\(world.keys.path)' | sort -u"], in: world.repository
    ).expect().output
    #expect(headers == "-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    try Program.run(
      [
        "sh", "-c",
        "openssl pkey -passin 'pass:correct horse' -noout -in $(find '\(world.keys.path)' -name '*.pem' | head -1)",
      ], in: world.repository
    ).expect()
    try world.commit(["more.yaml": Sample.client("b")])
    let tip = try world.tip()
    try world.apply(at: later, "--passphrase-file", bad).expect(1, says: "passphrase")
    try world.apply(at: later).expect(1, says: "passphrase")
    try world.apply(at: later, "--passphrase-file", "/nonexistent").expect(1, says: "/nonexistent")
    let empty = try world.folder.write("empty", "").path
    try world.apply(at: later, "--passphrase-file", empty).expect(1, says: "is empty")
    #expect(try world.tip() == tip)
    try world.apply(at: later, environment: ["CERTWRIGHT_PASSPHRASE": "correct horse"]).expect()
    try world.certwright(["plan", "--at", "\(later)"]).expect(says: "no changes")
  }

  @Test func `a lost authority key is named and never made anew`() throws {
    let world = try applied()
    let id = try #require(
      try world.certificate(at: "authorities/issuing/ca.pem").subjectKeyIdentifier
    ).map { String(format: "%02x", $0) }.joined()
    try FileManager.default.removeItem(at: world.keys.appending(path: "issuing"))
    try world.commit(["more.yaml": Sample.client("b")])
    let tip = try world.tip()
    try world.apply(at: later).expect(
      1, says: "the key store has no key \(id) of authority \"issuing\"")
    #expect(try world.tip() == tip)
    #expect(try world.certwright(["plan", "--at", "\(later)"]).expect().code == 0)
  }

  @Test func `a key folder that others can read is refused or made private`() throws {
    let world = try applied()
    try Program.run(["chmod", "-R", "go+rwx", world.keys.path], in: world.repository).expect()
    try world.commit(["more.yaml": Sample.client("b")])
    let outcome = try world.apply(at: later)
    let modes = try Program.run(
      ["find", world.keys.path, "-perm", "/077"], in: world.repository
    ).output
    #expect(outcome.code == 1 || modes.isEmpty, "\(outcome)\(modes)")
  }

  @Test func `every commit says what it applied, and the history is one line`() throws {
    let world = try applied()
    try world.commit(["more.yaml": Sample.client("b")])
    let digest = try world.plan(at: later).digest
    try world.converge(at: later)
    let message = try world.git("log", "-1", "--format=%B", "published")
    let head = try world.git("rev-parse", "HEAD")
    #expect(message.hasPrefix("publish: 1 issued"))
    #expect(message.contains("Desired-Commit: \(head)Plan-Digest: \(digest)\n"))
    #expect(try world.git("rev-list", "--count", "--first-parent", "published") == "2\n")
    #expect(try world.git("fsck", "--full", "--strict") == "")
  }
}
