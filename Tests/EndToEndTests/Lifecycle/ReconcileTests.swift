import Foundation
import PKI
import Testing

/// The scheduled job: what it does alone, what it leaves to people, and what it says.
struct ReconcileTests {
  private let later = World.start + .days(80)

  private func reconcile(
    _ world: World, at time: Timestamp, _ more: String..., environment: [String: String] = [:]
  ) throws -> Outcome {
    try world.certwright(
      ["reconcile", "--simulated-time", "--at", "\(time)"] + more, environment: environment)
  }

  @Test func `what is due is renewed, what is new waits, and waiting is no error`() throws {
    let world = try World()
    try world.converge(at: World.start)
    let serial = try world.serial("app1")
    try world.commit(["more.yaml": Sample.client("app2")])
    let outcome = try reconcile(world, at: later).expect(says: "+ issue client app2")
    #expect(outcome.output.contains("applied: 2 renewed"), "\(outcome.output)")
    #expect(outcome.output.contains("waiting for approval: 1 change"), "\(outcome.output)")
    #expect(try world.serial("app1") != serial)
    #expect(try !world.publishedPaths("identities").contains("identities/app2.pem"))
    try world.apply(at: later).expect(says: "1 issued")
    try reconcile(world, at: later).expect(says: "nothing to do")
  }

  @Test func `settings last applied say what passes without review`() throws {
    let settings = "---\nkind: Settings\nname: settings\nunattended: [issue, publish]\n"
    let world = try World()
    try world.converge(at: World.start)
    // The change cannot permit itself.
    try world.commit(["settings.yaml": settings, "more.yaml": Sample.client("app2")])
    try reconcile(world, at: World.start).expect(says: "waiting for approval")
    try world.converge(at: World.start)
    try world.commit(["more.yaml": Sample.client("app2") + Sample.client("app3")])
    try reconcile(world, at: World.start).expect(says: "applied: 1 issued")
    // Every action counts: what is issued beside a revocation waits with it.
    try world.commit([
      "more.yaml": Sample.client("app2") + Sample.client("app3") + Sample.client("app4"),
      "revoked.yaml": Sample.revocation("identity: app2"),
    ])
    try reconcile(world, at: World.start).expect(says: "- revoke client app2")
    #expect(try !world.publishedPaths("identities").contains("identities/app4.pem"))
  }

  @Test(arguments: [
    "unattended: [issue, publish]\nlimits: {revocations: 100%}", "publish: {branch: published}",
  ])
  func `settings do not ride along with what is due`(_ settings: String) throws {
    let world = try World()
    try world.converge(at: World.start)
    let desired = try world.git("rev-parse", "published:desired")
    try world.commit(["settings.yaml": "kind: Settings\nname: settings\n\(settings)\n"])
    let outcome = try reconcile(world, at: later).expect(says: "applied: 2 renewed")
    #expect(outcome.output.contains("~ publish folder desired"), "\(outcome.output)")
    #expect(try world.git("rev-parse", "published:desired") == desired)
  }

  @Test func `a changed proxy or CRL waits although both are rewritten anyway`() throws {
    let world = try World(Sample.files.merging(["proxy.yaml": Sample.proxy()]) { $1 })
    try world.converge(at: World.start)
    try world.commit([
      "proxy.yaml": Sample.proxy(upstream: "127.6.6.6:666")
    ])
    try reconcile(world, at: later).expect(says: "~ publish proxy edge")
    let configuration = try world.publishedPaths("proxies").map { try world.published($0) }.joined()
    #expect(!configuration.contains("127.6.6.6"))
    #expect(configuration.contains("127.0.0.1:8000"))

    try world.commit([
      "proxy.yaml": Sample.proxy(),
      "authorities.yaml": Sample.authorities.replacing("7d", with: "700d"),
    ])
    let next = later + .days(6)
    try reconcile(world, at: next).expect(says: "~ publish crl issuing")
    #expect(try #require(try world.revocationList("issuing").nextUpdate) < next + .days(8))
  }

  @Test func `before the first apply everything waits`() throws {
    let world = try World()
    try reconcile(world, at: World.start).expect(says: "waiting for approval")
    #expect(try world.tip() == nil)
  }

  @Test func `drift is repaired without asking`() throws {
    let world = try World()
    try world.converge(at: World.start)
    try world.git("worktree", "add", "-q", "../published", "published")
    try world.folder.write("published/trust.txt", "mine")
    try world.git("-C", "../published", "add", "-A")
    try world.git("-C", "../published", "commit", "-q", "-m", "by hand")
    try world.git("worktree", "remove", "../published")
    try reconcile(world, at: World.start).expect(says: "applied: 1 published")
    #expect(try !world.publishedPaths().contains("trust.txt"))
  }

  // MARK: - Suspension

  @Test func `a suspension stops what is new and nothing else, until it ends`() throws {
    let world = try World()
    try world.converge(at: World.start)
    try suspend(world, "a key is missing").expect(says: "suspended by Grace <grace@example.com>")
    try suspend(world, "again").expect(3, says: "a key is missing")
    try world.certwright(["status", "--at", "\(World.start)"])
      .expect(2, says: "by Grace <grace@example.com>: a key is missing")
    #expect(try world.published("README.md").contains("`a key is missing`"))

    try world.commit(["more.yaml": Sample.client("app2")])
    let serial = try world.serial("app1")
    for command in [["reconcile"], ["apply", "--auto-approve"]] {
      try world.certwright(command + ["--at", "\(later)"])
        .expect(3, says: "hint: certwright resume")
    }
    #expect(try world.serial("app1") != serial)
    #expect(try !world.publishedPaths("identities").contains("identities/app2.pem"))

    try world.certwright(["resume", "--at", "\(later)"], environment: Self.grace)
      .expect(says: "resumed")
    try world.certwright(["resume", "--at", "\(later)"]).expect(1, says: "nothing is suspended")
    try world.converge(at: later)
    try world.certwright(["verify", "--at", "\(later)"]).expect()
    #expect(try !world.published("README.md").contains("Suspended"))
  }

  @Test(arguments: ["", "two\nlines", "\u{1b}[2J"])
  func `a reason that would spoil a report is refused`(_ reason: String) throws {
    let world = try World()
    try world.converge(at: World.start)
    let tip = try world.tip()
    try suspend(world, reason).expect(1, says: "the reason must be one line")
    #expect(try world.tip() == tip)
  }

  private static let grace = [
    "GIT_CONFIG_GLOBAL": "/dev/null", "CERTWRIGHT_NO_COLOR": "1",
  ]

  private func suspend(_ world: World, _ reason: String) throws -> Outcome {
    try world.git("config", "user.name", "Grace")
    try world.git("config", "user.email", "grace@example.com")
    return try world.certwright(["suspend", "--at", "\(World.start)", "--reason", reason])
  }

  // MARK: - Hooks

  @Test func `hooks are told what happened, without secrets`() throws {
    let world = try World()
    for event in ["applied", "waiting", "failed", "suspended", "resumed"] {
      try hook(world, event, "cat > $0.json; env > $0.env")
    }
    let flags = ["--hooks", world.folder.url("hooks").path]
    let secret = ["CERTWRIGHT_PASSPHRASE": "correct horse", "CERTWRIGHT_AT": "\(World.start)"]
    try world.apply(at: World.start, flags[0], flags[1], environment: secret).expect()
    #expect(try told(world, "applied").contains("\"command\": \"apply\""))
    #expect(try told(world, "applied").contains("+ issue client app1"))
    #expect(try !text(world, "hooks/applied.env").contains("correct horse"))

    try world.commit(["more.yaml": Sample.client("app2")])
    try world.certwright(["reconcile"] + flags, environment: secret).expect()
    #expect(try told(world, "waiting").contains("+ issue client app2"))
    try world.commit(["more.yaml": "kind: Nothing\n"])
    try world.certwright(["reconcile"] + flags, environment: secret).expect(1)
    #expect(try told(world, "failed").contains("more.yaml:1:7"))
    try world.certwright(["suspend", "--reason", "audit"] + flags, environment: secret).expect()
    #expect(try told(world, "suspended").contains("\"reason\": \"audit\""))
    try world.certwright(["resume"] + flags, environment: secret).expect()
    #expect(try told(world, "resumed").contains("\"event\": \"resumed\""))
  }

  @Test func `a hook that fails or hangs spoils nothing`() throws {
    let world = try World()
    try hook(world, "applied", "echo to the log; exit 7")
    let outcome = try world.apply(
      at: World.start, "--hooks", world.folder.url("hooks").path
    ).expect(says: "exited with 7")
    #expect(outcome.errors.contains("to the log"))
    #expect(!outcome.output.contains("to the log"))
  }

  @Test func `nobody waits for what a hook leaves behind`() throws {
    let world = try World()
    try hook(world, "applied", "sleep 25 & exit 0")
    // The test's own waiting would wait for the child, too: the shell tells how long the run took.
    let outcome = try Program.run(
      [
        "sh", "-c",
        "S=$(date +%s); \"$@\" || exit; echo; echo \"took $(($(date +%s) - S))\"", "sh",
        Program.certwright, "apply", "--auto-approve", "--allow", "authorities=9", "--hooks",
        world.folder.url("hooks").path,
      ], in: world.repository, environment: ["CERTWRIGHT_KEYS": world.keys.path]
    ).expect(says: "applied: 4 issued")
    let took = outcome.output.firstMatch(of: /took ([0-9]+)/).flatMap { Int($0.1) }
    #expect(try #require(took) < 20)
    #expect(!outcome.errors.contains("too long"))
  }

  private func hook(_ world: World, _ event: String, _ script: String) throws {
    try world.folder.write("hooks/\(event)", "#!/bin/sh\n\(script)\n")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: world.folder.url("hooks/\(event)").path)
  }

  private func told(_ world: World, _ event: String) throws -> String {
    try text(world, "hooks/\(event).json")
  }

  private func text(_ world: World, _ path: String) throws -> String {
    String(decoding: try world.folder.bytes(path), as: UTF8.self)
  }
}
