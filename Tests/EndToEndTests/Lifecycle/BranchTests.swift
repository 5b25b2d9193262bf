import Foundation
import PKI
import Testing

/// Which published branch a run reads and writes.
struct BranchTests {
  @Test func `a clone that has only origin's branch plans from it and does not begin a second CA`()
    throws
  {
    let world = try World(["pki.yaml": Sample.authorities + Sample.client("app1")])
    try world.apply(at: World.start).expect()
    let clone = world.folder.url("clone")
    try world.git("clone", "-q", "file://\(world.repository.path)", clone.path)
    let time = "\(World.start)"
    let plan = try world.certwright(["plan", "--at", time], in: clone)
    #expect(plan.output.contains("plan: no changes"))
    #expect(plan.output.contains("warning: there is no local branch published"))
    try world.certwright(
      [
        "apply", "--auto-approve", "--simulated-time", "--at", "2031-01-01T00:00:00Z", "--allow",
        "authorities=9",
      ], in: clone
    ).expect(1, says: "git branch published origin/published")
  }

  @Test func `upkeep finds the branch of the settings although another document is wrong`() throws {
    let settings = "kind: Settings\nname: settings\npublish: {branch: certificates}\n"
    let world = try World([
      "pki.yaml": Sample.authorities + Sample.client("app1"), "settings.yaml": settings,
    ])
    try world.apply(at: World.start).expect()
    let before = try #require(try world.tip("certificates"))
    try world.commit(["wrong.yaml": "kind: Nothing\n"])
    let later = World.start + .days(6)
    try world.apply(at: later).expect(1, says: "wrong.yaml:1:")
    #expect(try world.tip("certificates") != before)
    #expect(try world.tip("published") == nil)
  }

  @Test func `an authority that lapsed long ago keeps its key`() throws {
    let world = try World(["pki.yaml": Sample.authorities + Sample.client("app1")])
    try world.apply(at: World.start).expect()
    let plan = try world.certwright(["plan", "--at", "2099-01-01T00:00:00Z"]).output
    let first = plan.split(separator: "\n").first { $0.contains(" authority ") }
    #expect(first?.hasPrefix("^   renew") == true, "\(plan)")
  }
}

struct LogTests {
  @Test func `the log says on standard error what was carried out, and nothing unless asked`()
    throws
  {
    let world = try World(["pki.yaml": Sample.authorities])
    let quiet = try world.apply(at: World.start).expect()
    #expect(!quiet.errors.contains("certwright: info:"))
    try world.commit(["more.yaml": Sample.client("app1")])
    let loud = try world.apply(at: World.start, "--log-level", "info").expect()
    #expect(loud.errors.contains("certwright: info: moved published to "))
    #expect(!loud.output.contains("info:"))
    try world.certwright(["apply", "--log-level", "shout"]).expect(
      64, says: "debug, info and notice")
  }
}
