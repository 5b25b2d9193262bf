import Foundation
import PKI
import Testing

/// What was reviewed is what is signed, however long the merge took and whatever went on meanwhile.
struct SavedPlanTests {
  private let later = World.start + .days(80)

  /// An applied world with a merged and reviewed, but not yet applied, client app2.
  private func reviewed(_ files: [String: String?] = ["more.yaml": Sample.client("app2")]) throws
    -> World
  {
    let world = try World()
    try world.converge(at: World.start)
    try world.commit(files)
    try save(world, at: World.start)
    return world
  }

  private func save(_ world: World, at time: Timestamp, as name: String = "plan.json") throws {
    try world.certwright(["plan", "--at", "\(time)", "--out", world.folder.url(name).path]).expect()
  }

  private func apply(
    _ world: World, at time: Timestamp, _ more: String..., plan name: String = "plan.json"
  ) throws -> Outcome {
    try world.certwright(["apply", world.folder.url(name).path, "--at", "\(time)"] + more)
  }

  private func requireRefused(
    _ world: World, _ code: Int32, _ text: String, at time: Timestamp = World.start,
    _ more: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let tip = try world.tip()
    let plan = world.folder.url("plan.json").path
    try world.certwright(["apply", plan, "--at", "\(time)"] + more)
      .expect(code, says: text, sourceLocation: sourceLocation)
    #expect(try world.tip() == tip, sourceLocation: sourceLocation)
  }

  @Test func `a saved plan is canonical, shows as the plan did, and is signed as it says`() throws {
    let world = try reviewed()
    let text = try world.certwright(["plan", "--at", "\(World.start)"]).expect().output
    let shown = try world.certwright(
      ["show", world.folder.url("plan.json").path], in: world.folder.root
    ).expect().output
    #expect(shown == text)
    let json = try JSONSerialization.jsonObject(
      with: try Data(contentsOf: world.folder.url("plan.json")))
    let members = try #require(json as? [String: Any])
    #expect(members["format_version"] as? Int == 1)
    let saved = String(decoding: try world.folder.bytes("plan.json"), as: UTF8.self)
    let names = saved.split(separator: "\n").filter { $0.hasPrefix("  \"") }
    #expect(names == names.sorted())
    try apply(world, at: World.start).expect(says: "applied: 1 issued")
    #expect(try world.plan(at: World.start).lines == [])
  }

  @Test func `a squashed merge and a renewal in between do not spoil it`() throws {
    let world = try reviewed()
    // What the merge button makes: another commit with the same tree and another author.
    try world.git("reset", "-q", "--soft", "HEAD~1")
    try world.git("commit", "-q", "-m", "squashed (#7)")
    // Another job renews, on the commit before, and CRLs become due.
    let serial = try world.serial("app1")
    try world.certwright([
      "apply", "--auto-approve", "--ref", "main~1", "--at", "\(later)",
    ]).expect(says: "renewed")
    #expect(try world.serial("app1") != serial)
    try apply(world, at: later, "--max-age", "100d").expect(says: "1 issued")
    #expect(try world.plan(at: later).lines == [])
  }

  @Test func `another change makes it stale, and the difference is said`() throws {
    let world = try reviewed()
    try world.commit(["other.yaml": Sample.client("app3")])
    try requireRefused(world, 4, "not reviewed: + client app3")
    try world.commit(["other.yaml": nil, "more.yaml": nil])
    try requireRefused(world, 4, "no longer asked for: + client app2")
  }

  @Test func `the same name with another content is another change`() throws {
    let world = try reviewed()
    try world.commit(["more.yaml": Sample.client("app2", "lifetime: 30d")])
    try requireRefused(world, 4, "not reviewed: + client app2")
  }

  @Test func `another allow list, or settings beside it, are another change`() throws {
    func proxy(_ names: String) -> String { Sample.proxy(clients: ", allow: [\(names)]") }
    let world = try World(
      Sample.files.merging([
        "proxy.yaml": proxy("app1, app2"), "more.yaml": Sample.clients(["app2", "app3"]),
      ]) { $1 })
    try world.converge(at: World.start)
    try world.commit(["proxy.yaml": proxy("app1")])
    try save(world, at: World.start)
    let saved = try world.plan(at: World.start)
    #expect(saved.lines == ["publish proxy edge"])
    try world.commit(["proxy.yaml": proxy("app3")])
    #expect(try world.plan(at: World.start).digest != saved.digest)
    try requireRefused(world, 4, "not reviewed: ~ proxy edge")
    try world.commit([
      "proxy.yaml": proxy("app1"),
      "settings.yaml": "kind: Settings\nname: settings\nlimits: {revocations: 100%}\n",
    ])
    try requireRefused(world, 4, "not reviewed: ~ folder desired")
    try world.certwright(["plan", "--at", "\(World.start)"]).expect(
      says: "rules that show nowhere else change: settings")
    try world.commit(["settings.yaml": nil])
    try apply(world, at: World.start).expect(says: "1 published")
  }

  @Test func `a root that became due after the review still waits for somebody's word`() throws {
    let root = Sample.rootAuthority("lifetime: 1200d", "renewBefore: 100d")
    let world = try World([
      "authorities.yaml": root + Sample.authority("issuing", "lifetime: 90d"),
      "clients.yaml": Sample.client("app1", "lifetime: 30d"),
    ])
    try world.converge(at: World.start)
    let due = World.start + .days(1150)
    try world.commit(["clients.yaml": Sample.clients(["app1", "app2"], "lifetime: 30d")])
    try save(world, at: World.start)
    let serial = try world.certificate(at: "authorities/root/ca.pem").serial
    _ = try apply(world, at: due, "--max-age", "2000d")
    #expect(try world.certificate(at: "authorities/root/ca.pem").serial == serial)
    try save(world, at: due)
    try apply(world, at: due, "--max-age", "2000d").expect()
    #expect(try world.certificate(at: "authorities/root/ca.pem").serial != serial)
  }

  @Test func `an applied one says so, changes nothing and is fine`() throws {
    let world = try reviewed()
    try apply(world, at: World.start).expect(says: "applied: 1 issued")
    let tip = try world.tip()
    try apply(world, at: World.start).expect(
      says: "nothing to do: everything in this plan has been applied")
    #expect(try world.tip() == tip)
  }

  @Test func `one whose changes were undone is not carried out again`() throws {
    let world = try reviewed()
    try apply(world, at: World.start).expect()
    try world.commit(["more.yaml": nil])
    try world.converge(at: World.start)
    try requireRefused(world, 4, "no longer asked for: + client app2")
    // A revocation that was reviewed and carried out, and an identity that must not come back.
    try world.commit(["revoked.yaml": Sample.revocation("identity: app1")])
    try save(world, at: World.start)
    try apply(world, at: World.start).expect(says: "1 revoked")
    try apply(world, at: World.start).expect(says: "everything in this plan has been applied")
  }

  @Test func `one that is too old is reviewed again`() throws {
    let world = try reviewed()
    try requireRefused(world, 4, "longer than 7d ago", at: World.start + .days(8))
    try requireRefused(
      world, 4, "longer than 1h ago", at: World.start + .days(1), "--max-age", "1h")
  }

  @Test func `one that was changed after it was saved is refused`() throws {
    let world = try reviewed()
    let text = String(decoding: try world.folder.bytes("plan.json"), as: UTF8.self)
    try world.folder.write("plan.json", text.replacing("CN=app2", with: "CN=root"))
    try requireRefused(world, 1, "was changed after it was saved")
    try world.folder.write("plan.json", "{\"format_version\": 9}")
    try requireRefused(world, 1, "is a plan of format 9")
    try world.folder.write("plan.json", "[")
    try requireRefused(world, 1, "is not JSON")
  }

  @Test func `a digest is as good as the file`() throws {
    let world = try reviewed()
    let digest = try world.plan(at: World.start).digest
    let other = "sha256:" + String(repeating: "0", count: 64)
    for wrong in [other, "", "app2"] {
      let code: Int32 = wrong == other ? 4 : 64
      try world.certwright(["apply", "--expect-digest", wrong, "--at", "\(World.start)"])
        .expect(code)
    }
    #expect(try world.plan(at: World.start).lines != [])
    try world.certwright(["apply", "--expect-digest", digest, "--at", "\(World.start)"])
      .expect(says: "applied: 1 issued")
    // What is left to do has another digest.
    try world.certwright(["apply", "--expect-digest", digest, "--at", "\(World.start)"])
      .expect(says: "everything in this plan has been applied")
  }

  @Test func `a policy that changed since refuses what it refuses`() throws {
    let world = try reviewed()
    let policy = """
      kind: Policy
      name: all
      paths: ["**"]
      permit: {kinds: [Authority, Server, Policy, Client], names: [app1, api, root, issuing]}

      """
    try world.commit(["policy.yaml": policy])
    try requireRefused(world, 3, "app2")
  }

  @Test func `it makes no authority that was not reviewed`() throws {
    let world = try World(["authorities.yaml": Sample.root])
    let plan = world.folder.url("plan.json").path
    try world.certwright(["plan", "--at", "\(World.start)", "--out", plan]).expect()
    // The review is the word that --auto-approve is not.
    try world.certwright(["apply", plan, "--at", "\(World.start)", "--simulated-time"])
      .expect(says: "applied: 1 issued")
  }
}
