import Foundation
import PKI
import Testing

/// How much one run may do before somebody must allow it by name.
struct LimitTests {
  private let later = World.start + .days(1)
  private let names = (10..<30).map { "c\($0)" }

  private func world(_ settings: String = "") throws -> World {
    let world = try World(["all.yaml": Sample.authorities + Sample.clients(names) + settings])
    try world.converge(at: World.start)
    return world
  }

  /// Applies once refused and once allowed.
  private func limited(
    _ world: World, _ name: String, _ count: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let tip = try world.tip()
    let hint = "allow it once with certwright apply --allow \(name)=\(count)"
    try world.certwright(["plan", "--at", "\(later)"])
      .expect(3, says: hint, sourceLocation: sourceLocation)
    try world.apply(at: later).expect(3, says: hint, sourceLocation: sourceLocation)
    try world.apply(at: later, "--allow", "\(name)=\(count - 1)")
      .expect(3, sourceLocation: sourceLocation)
    #expect(try world.tip() == tip, sourceLocation: sourceLocation)
    try world.apply(at: later, "--allow", "\(name)=\(count)")
      .expect(says: "applied", sourceLocation: sourceLocation)
    try world.apply(at: later).expect(says: "nothing to do", sourceLocation: sourceLocation)
  }

  @Test func `more reissues than 30 percent and 10 need a word`() throws {
    let world = try world()
    try world.commit([
      "all.yaml": Sample.authorities
        + Sample.clients(Array(names.prefix(11)), "uris: [\"urn:x:{name}\"]")
        + Sample.clients(Array(names.dropFirst(11)))
    ])
    try limited(world, "reissues", 11)
  }

  @Test func `ten reissues of twenty pass under the minimum`() throws {
    let world = try world()
    try world.commit([
      "all.yaml": Sample.authorities
        + Sample.clients(Array(names.prefix(10)), "uris: [\"urn:x:{name}\"]")
        + Sample.clients(Array(names.dropFirst(10)))
    ])
    try world.converge(at: later)
  }

  @Test func `revocations have their limit`() throws {
    let world = try world()
    try world.commit([
      "r.yaml": names.prefix(11).map { Sample.revocation("identity: \($0)") }.joined()
    ])
    try limited(world, "revocations", 11)
  }

  @Test func `removals have their limit, and one that revokes counts as a revocation`() throws {
    let world = try world()
    try world.commit(["all.yaml": Sample.authorities + Sample.clients(Array(names.dropFirst(12)))])
    try limited(world, "retirements", 12)
    let other = try World([
      "all.yaml": Sample.authorities + Sample.clients(names, "onRemoval: revoke")
    ])
    try other.converge(at: World.start)
    try other.commit(["all.yaml": Sample.authorities + Sample.clients(Array(names.dropFirst(12)))])
    try limited(other, "revocations", 12)
  }

  @Test func `a declared limit counts, and a change cannot lift its own`() throws {
    func settings(_ limit: String) -> String {
      "---\nkind: Settings\nname: s\nlimits: {revocations: \(limit), minimum: 0}\n"
    }
    let world = try world(settings("5%"))
    try world.commit([
      "all.yaml": Sample.authorities + Sample.clients(names) + settings("100%"),
      "r.yaml": names.prefix(2).map { Sample.revocation("identity: \($0)") }.joined(),
    ])
    try limited(world, "revocations", 2)
  }

  @Test func `a first issuance and plain renewals are never limited`() throws {
    let world = try world()
    #expect(try world.publishedPaths("identities").count == 20)
    try world.converge(at: World.start + .days(70))
  }

  @Test func `issues and removed files have their limit where one is declared`() throws {
    let settings =
      "---\nkind: Settings\nname: s\nlimits: {issues: 2, removedFiles: 50%, minimum: 1}\n"
    let world = try world(settings)
    try world.commit(["more.yaml": Sample.clients(["d1", "d2", "d3"]), "empty.yaml": "---\n"])
    try limited(world, "issues", 3)
    try world.commit(["more.yaml": nil, "empty.yaml": nil])
    let plan = try world.plan(at: later)
    #expect(plan.changes.compactMap(\.guard?.code) == ["limit-removed-files"])
    try limited(world, "removed-files", 2)
  }

  @Test func `one allowance lifts one limit, and plan shows what it lifts`() throws {
    let names = (10..<40).map { "c\($0)" }
    let world = try World(["all.yaml": Sample.authorities + Sample.clients(names)])
    try world.converge(at: World.start)
    let gone = Sample.authorities + Sample.clients(Array(names.dropFirst(12)))
    try world.commit([
      "all.yaml": gone,
      "r.yaml": names.suffix(11).map { Sample.revocation("identity: \($0)") }.joined(),
    ])
    let both = ["--at", "\(later)", "--allow", "revocations=11", "--allow"]
    try world.certwright(["plan"] + both + ["revocations=11"]).expect(3, says: "limit-retirements")
    try world.certwright(["plan"] + both + ["retirements=12"]).expect()
    try world.apply(at: later, "--allow", "revocations=99").expect(3, says: "retirements=12")
    try world.apply(at: later, "--allow", "revocations=11", "--allow", "retirements=12").expect()
  }

  @Test func `a saved plan with a limit in it is applied when the limit is allowed`() throws {
    let world = try world()
    try world.commit(["all.yaml": Sample.authorities + Sample.clients(Array(names.dropFirst(12)))])
    let file = world.folder.url("plan.json").path
    try world.certwright(["plan", "--at", "\(later)", "--out", file]).expect(3)
    try world.certwright(["apply", file, "--at", "\(later)"]).expect(3, says: "retirements=12")
    try world.certwright(["apply", file, "--at", "\(later)", "--allow", "retirements=12"])
      .expect(says: "applied")
  }

  @Test func `nobody is left where several were only by name`() throws {
    let world = try World([
      "all.yaml": Sample.authorities + Sample.clients(["a", "b"])
    ])
    try world.converge(at: World.start)
    try world.commit(["all.yaml": Sample.authorities])
    let plan = try world.plan(at: later)
    #expect(plan.changes.compactMap(\.guard?.code) == ["never-to-zero"])
    try limited(world, "emptied", 1)
  }

  @Test func `a protection survives its own file`() throws {
    let world = try World([
      "all.yaml": Sample.authorities, "a.yaml": Sample.client("a", "protected: true"),
      "trust.yaml": "kind: TrustBundle\nname: t\nauthorities: [issuing]\nprotected: true\n",
    ])
    try world.converge(at: World.start)
    let tip = try world.tip()
    try world.commit(["a.yaml": nil])
    try world.apply(at: later).expect(3, says: "protected: false")
    try world.commit(["a.yaml": Sample.client("a"), "trust.yaml": nil])
    try world.apply(at: later).expect(3, says: "protected: false")
    #expect(try world.tip() == tip)
    let plan = try world.plan(at: later)
    #expect(plan.changes.compactMap(\.guard?.code) == ["protected"])
  }
}
