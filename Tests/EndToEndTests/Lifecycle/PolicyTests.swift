import PKI
import Testing

/// Who may change what: policies of the branch that a change is to be merged into, and policies over
/// policies.
struct PolicyTests {
  private static let later = World.start + .days(1)

  private static func policies(_ lifetime: String = "90d", more: String = "") -> String {
    """
    kind: Policy
    name: platform
    paths: ["*.yaml"]
    permit: {kinds: [Authority, Policy]}
    ---
    kind: Policy
    name: team
    paths: ["team/**"]
    permit: {kinds: [Client], issuers: [issuing], maxLifetime: \(lifetime)}

    """ + more
  }

  private static let own = """
    kind: Policy
    name: own
    paths: ["own/**"]
    permit: {kinds: [Client, Policy]}
    """

  private func world() throws -> World {
    try World([
      "authorities.yaml": Sample.authorities, "policies.yaml": Self.policies(),
      "team/a.yaml": Sample.client("team/a"),
    ])
  }

  private func branch(_ world: World, _ files: [String: String?]) throws {
    try world.git("checkout", "-q", "-b", "change")
    try world.commit(files)
  }

  @Test func `a change cannot loosen the policy that judges it until that is merged`() throws {
    let world = try world()
    let long = Sample.client("team/a", "lifetime: 180d")
    try branch(world, ["policies.yaml": Self.policies("365d"), "team/a.yaml": long])
    try world.certwright(["validate"]).expect()
    for command in ["validate", "plan"] {
      try world.certwright([command, "--base", "main"])
        .expect(3, says: "policy \"team\" does not permit a lifetime of 180d, only up to 90d")
    }
    try world.certwright(["validate"], environment: ["CERTWRIGHT_BASE": "main"]).expect(3)
    try world.certwright(["validate", "--base", "nowhere"]).expect(1)
    // The edit alone passes and is said aloud; then the use passes.
    try world.commit(["team/a.yaml": Sample.client("team/a")])
    let note = "policies of main were used; this change edits \"team\" (changed)"
    try world.certwright(["validate", "--base", "main"]).expect(says: note)
    try world.certwright(["plan", "--base", "main"]).expect(says: "warning: \(note)")
    try world.git("checkout", "-q", "main")
    try world.git("merge", "-q", "change")
    try world.commit(["team/a.yaml": long])
    try world.certwright(["validate", "--base", "main~1"]).expect(says: "no findings")
    try world.certwright(["plan", "--worktree", "--base", "main~1"]).expect()
  }

  @Test func `a folder cannot bring a policy for itself`() throws {
    let world = try world()
    try branch(world, ["own/policy.yaml": Self.own, "own/b.yaml": Sample.client("b")])
    try world.certwright(["validate"]).expect()
    let outcome = try world.certwright(["validate", "--base", "main"]).expect(3)
    #expect(outcome.errors.contains("policy \"own\" is added, which no policy of main permits"))
    #expect(outcome.errors.contains("no policy of main binds \"own/b.yaml\""))
    // Moving a policy is no way around: its new file is bound by nothing.
    try world.commit([
      "own/policy.yaml": nil, "own/b.yaml": nil, "policies.yaml": nil,
      "own/policies.yaml": Self.policies(more: "---\n" + Self.own),
    ])
    try world.certwright(["validate", "--base", "main"])
      .expect(3, says: "policy \"team\" is changed, which no policy of main permits")
  }

  @Test func `policies last applied decide who may change policies`() throws {
    let world = try world()
    try world.converge(at: World.start)
    let tip = try world.tip()
    try world.commit(["own/policy.yaml": Self.own])
    let plan = try world.plan(at: Self.later)
    #expect(plan.changes.compactMap(\.guard?.code) == ["policy-change"])
    try world.certwright(["plan", "--at", "\(Self.later)"]).expect(
      3, says: "!   blocked policy own")
    try world.apply(at: Self.later)
      .expect(3, says: "allow it once with certwright apply --allow policies=1")
    #expect(try world.tip() == tip)
    // Where a policy in force lets policies stand, they change; two merges may come in one run.
    try world.commit([
      "own/policy.yaml": nil, "policies.yaml": Self.policies("365d"),
      "team/a.yaml": Sample.client("team/a", "lifetime: 180d"),
    ])
    try world.converge(at: Self.later)
    try world.commit(["own/policy.yaml": Self.own])
    try world.apply(at: Self.later, "--allow", "policies=1").expect(says: "applied")
    try world.commit(["own/policy.yaml": nil])
    try world.apply(at: Self.later).expect(says: "applied")
  }
}
