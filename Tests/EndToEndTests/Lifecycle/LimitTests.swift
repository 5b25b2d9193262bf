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
    let hint = "allow it once with --allow \(name)=\(count)"
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
}
