import Foundation
import Git
import PKI
import Testing

@testable import Reconciler

struct AuditTests {
  private func write(_ text: String, to path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func count(_ what: String, _ report: AuditReport) -> Int? {
    report.counts.first { $0.what == what }?.count
  }

  // MARK: - Clean branches

  @Test func `a branch that only certwright wrote has no problems`() throws {
    let world = try AuditWorld.applied()
    let report = try world.audit()
    #expect(report.problems == [])
    #expect(report.notes == [])
    #expect(count("certificates", report) == 6)
    #expect(count("commits", report) == 2)
    #expect(count("CRLs", report) == 2)
    #expect(report.text.hasSuffix("no problems\n"))
  }

  @Test func `renewals, retirements and released holds leave a branch clean`() throws {
    let world = try AuditWorld.applied()
    let hold = "kind: Revocation\nidentity: app1\nreason: certificateHold\n"
    try world.declare(hold, in: "hold.yaml")
    try world.apply()
    world.now = world.now + .days(5)
    try world.declare(hold + "released: true\n", in: "hold.yaml")
    try world.apply()
    #expect(try world.audit().problems == [])
    world.now = world.now + .days(70)
    try world.declare(AuditWorld.desired.replacing(", teams/app3", with: ""))
    try world.apply()
    let report = try world.audit()
    #expect(report.problems == [])
    #expect((count("certificates", report) ?? 0) > 6)
  }

  // MARK: - The ledger

  @Test func `a removed record is named with the commit that removed it`() throws {
    let world = try AuditWorld.applied()
    let path = try #require(try world.files("ledger/issued").first)
    try world.tamper { try FileManager.default.removeItem(atPath: "\($0)/\(path)") }
    let commit = try world.git("rev-parse", "published")
    let problems = try world.audit().problems
    #expect(
      problems.contains {
        $0.place == "commit \(commit)" && $0.message.contains("removes \"\(path)\"")
      })
  }

  @Test func `a record that was removed and put back is still named`() throws {
    let world = try AuditWorld.applied()
    let path = try #require(try world.files("ledger/revoked").first)
    let bytes = try world.published(path)
    try world.tamper { try FileManager.default.removeItem(atPath: "\($0)/\(path)") }
    try world.tamper { try write(String(decoding: bytes, as: UTF8.self), to: "\($0)/\(path)") }
    let problems = try world.audit().problems
    #expect(problems.count == 1)
    #expect(problems.first?.message.contains("removes \"\(path)\"") == true)
  }

  @Test func `a certificate with a broken signature is named`() throws {
    let world = try AuditWorld.applied()
    let path = try #require(
      try world.files("ledger/issued").first {
        String(decoding: try world.published($0), as: UTF8.self).hasPrefix("Identity: api\n")
      })
    let blocks = try PEM.blocks(in: try world.published(path))
    var der = blocks[0].der
    der[der.count - 1] ^= 1
    let text =
      "Identity: api\n" + String(decoding: PEM.encode("CERTIFICATE", der), as: UTF8.self)
    try world.tamper { try write(text, to: "\($0)/\(path)") }
    let problems = try world.audit().problems
    #expect(
      problems.contains {
        $0.place == path && $0.message == "does not bear its issuer's signature"
      })
  }

  @Test func `a certificate at another one's path, an unreadable event and a stray file are named`()
    throws
  {
    let world = try AuditWorld.applied()
    let issued = try world.files("ledger/issued")
    let event = try #require(try world.files("ledger/revoked").first)
    let run = try #require(try world.files("ledger/runs").first)
    let other = try world.published(issued[1])
    try world.tamper {
      try write(String(decoding: other, as: UTF8.self), to: "\($0)/\(issued[0])")
      try write("event: revoked\n", to: "\($0)/\(event)")
      try write("{}\n", to: "\($0)/\(run)")
      try write("hello\n", to: "\($0)/ledger/notes.txt")
    }
    let problems = try world.audit().problems
    func message(at place: String) -> String? { problems.first { $0.place == place }?.message }
    #expect(message(at: issued[0]) == "holds another certificate than its path says")
    #expect(message(at: event) == "is not an event of the ledger")
    #expect(message(at: run) == "is not named by its own content")
    #expect(message(at: "ledger/notes.txt") == "is not a path of the ledger")
  }

  @Test func `a branch cannot become simulated later`() throws {
    let world = try AuditWorld.applied()
    try world.tamper { try write("simulated\n", to: "\($0)/ledger/simulated-time") }
    #expect(
      try world.audit().problems.contains {
        $0.message.contains("which is decided when the branch is born")
      })
  }

  // MARK: - CRLs

  @Test func `a stale CRL is a problem at the time of the audit alone`() throws {
    let world = try AuditWorld.applied()
    #expect(try world.audit(at: world.now + .days(6)).problems == [])
    let problems = try world.audit(at: world.now + .days(8)).problems
    #expect(problems.count == 1)
    #expect(problems.first?.place.hasPrefix("authorities/edge/") == true)
    #expect(problems.first?.message.hasPrefix("is stale since ") == true)
  }

  @Test func `an older CRL that was put back lacks the serial that it had not yet`() throws {
    let world = try AuditWorld.applied()
    let lists = try world.files("authorities/edge").filter { $0.contains("/crl.") }
    try world.tamper { folder in
      for list in lists { try world.run("git", "checkout", "HEAD~1", "--", list, in: folder) }
    }
    let report = try world.audit()
    #expect(
      report.problems.contains { $0.message.contains("of \"app2\", which is revoked") })
    #expect(
      report.problems.contains { $0.message == "is not what the published state renders to" })
    #expect(report.notes.contains { $0.contains("is not higher than") })
  }

  @Test func `a missing CRL is named by its path`() throws {
    let world = try AuditWorld.applied()
    let list = try #require(
      try world.files("authorities/root").first {
        $0.hasSuffix("/crl.der") && $0.split(separator: "/").count == 4
      })
    try world.tamper { try FileManager.default.removeItem(atPath: "\($0)/\(list)") }
    #expect(
      try world.audit().problems.contains { $0.place == list && $0.message.contains("is missing") })
  }

  // MARK: - What is rendered

  @Test func `drift of every kind is named by its path`() throws {
    let world = try AuditWorld.applied()
    try world.tamper {
      try write("", to: "\($0)/identities/api.pem")
      try write("x", to: "\($0)/README.md")
      try write("x", to: "\($0)/trust/other.pem")
      try FileManager.default.removeItem(atPath: "\($0)/trust/clients.pem")
      try FileManager.default.removeItem(atPath: "\($0)/authorities/root/ca.pem")
      try write("x", to: "\($0)/authorities/root/ca.pem")
      try write("kind: Nonsense\n", to: "\($0)/desired/extra.txt")
    }
    let places = try world.audit().problems.map(\.place)
    for path in [
      "identities/api.pem", "README.md", "trust/other.pem", "trust/clients.pem",
      "authorities/root/ca.pem",
    ] {
      #expect(places.contains(path))
    }
  }

  @Test func `a desired state that cannot be decoded is named with line and column`() throws {
    let world = try AuditWorld.applied()
    try world.tamper { try write("kind: Nonsense\n", to: "\($0)/desired/extra.yaml") }
    #expect(
      try world.audit().problems.contains { $0.place.hasPrefix("desired/extra.yaml:1:") })
  }

  // MARK: - History

  @Test func `a private key is found after it was deleted`() throws {
    let world = try AuditWorld.applied()
    try world.tamper { folder in
      try world.run(
        "openssl", "genpkey", "-algorithm", "ed25519", "-out", "proxies/front/secret.txt",
        in: folder)
    }
    let commit = try world.git("rev-parse", "published")
    try world.tamper {
      try FileManager.default.removeItem(atPath: "\($0)/proxies/front/secret.txt")
    }
    let problems = try world.audit().problems
    #expect(problems.map(\.place) == ["commit \(commit): proxies/front/secret.txt"])
    #expect(problems.first?.message == "holds a PEM block \"PRIVATE KEY\"")
  }

  @Test func `a shallow clone is audited as far as it goes and says so`() throws {
    let world = try AuditWorld.applied()
    let clone = world.folder + "/clone"
    try world.git(
      "clone", "--quiet", "--depth", "1", "--branch", "published", "file://\(world.repository)",
      clone)
    let report = try world.audit(in: clone)
    #expect(report.problems == [])
    #expect(report.notes.contains { $0.contains("this clone is shallow") })
  }

  @Test func `two branches that both issued merge into a clean ledger history`() throws {
    let world = try AuditWorld.applied()
    try world.git("branch", "other", "published")
    try world.tamper { try write("x", to: "\($0)/left.txt") }
    let left = try world.git("rev-parse", "published")
    try world.git("branch", "--force", "published", "other")
    let path = try #require(try world.files("ledger/issued").first)
    try world.tamper { try FileManager.default.removeItem(atPath: "\($0)/\(path)") }
    // The merge takes the side without the record: from the other parent it is a loss.
    let right = try world.git("rev-parse", "published")
    let merge = try world.git(
      "commit-tree", "\(right)^{tree}", "-p", right, "-p", left, "-m", "merge")
    try world.git("branch", "--force", "published", merge)
    let places = Set(
      try world.audit().problems.filter { $0.message.contains("removes \"\(path)\"") }.map(\.place))
    #expect(places == ["commit \(merge)", "commit \(right)"])
  }
}
