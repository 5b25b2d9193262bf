import Foundation
import Git
import PKI
import Testing

@testable import Reconciler

struct StatusTests {
  private func status(_ world: AuditWorld) throws -> StatusReport {
    try StatusRun(world.options()).report(in: try Repository(at: world.repository))
  }

  @Test func `after an apply all is healthy`() throws {
    let world = try AuditWorld.applied()
    let report = try status(world)
    #expect(report.health == .healthy)
    #expect(report.due.isEmpty && report.drift.isEmpty && report.pending.isEmpty)
    #expect(report.lastRun.time == world.now)
    #expect(report.text.hasPrefix("healthy: branch \"published\", last run "))
    // The revoked client has no certificate that expires next.
    #expect(!report.certificates.contains { $0.name.text == "app2" })
  }

  @Test func `a CRL that is due wants attention, a stale one is an error`() throws {
    let world = try AuditWorld.applied()
    world.now = world.now + .days(5)
    #expect(try status(world).health == .attention)
    #expect(try !status(world).due.isEmpty)
    world.now = world.now + .days(5)
    let report = try status(world)
    #expect(report.health == .error)
    #expect(report.revocationLists.contains { $0.freshness == .stale })
  }

  @Test func `drift and what is not applied yet are told apart from what is due`() throws {
    let world = try AuditWorld.applied()
    try world.tamper { try Data("x".utf8).write(to: URL(fileURLWithPath: $0 + "/README.md")) }
    try world.declare(
      "kind: Client\nname: extra\nissuer: edge\nlifetime: 90d\n", in: "extra.yaml")
    let report = try status(world)
    #expect(report.health == .attention)
    #expect(report.due.isEmpty)
    #expect(report.drift == ["README.md"])
    #expect(report.pending.contains { $0.subject.name == "extra" })
  }

  @Test func `findings in desired state want attention and hide nothing else`() throws {
    let world = try AuditWorld.applied()
    try world.declare("kind: Client\nname: broken\nissuer: nobody\n", in: "broken.yaml")
    let report = try status(world)
    #expect(report.health == .attention)
    #expect(report.findings.contains { $0.place.file == "broken.yaml" })
    #expect(!report.certificates.isEmpty)
  }

  @Test func `every metric has its help and its type before its samples`() throws {
    let world = try AuditWorld.applied()
    let lines = try status(world).prometheus.split(separator: "\n")
    var declared: Set<Substring> = []
    for line in lines {
      if line.hasPrefix("#") {
        declared.insert(line.split(separator: " ")[2])
      } else {
        let name = line.prefix { $0 != "{" && $0 != " " }
        #expect(declared.contains(name), "\(line)")
        #expect(Int(line.split(separator: " ").last ?? "") != nil, "\(line)")
      }
    }
    #expect(lines.contains { $0 == "certwright_up 1" })
    #expect(
      lines.contains { $0 == "certwright_last_run_timestamp_seconds \(world.now.seconds)" })
  }
}
