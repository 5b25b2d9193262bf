import Foundation
import PKI
import Testing

/// What a plan says of access is what the handshake does: every client is sent to every route of the
/// real daemons, before and after, and nothing but the plan's sentences may be the difference.
@Suite(.serialized) struct AccessTests {
  private static let paths = ["/", "/admin", "/open", "/team", "/late", "/health", "/split"]
  private static let old = [
    "app1", "app2", "revoked", "rekeyed", "leaver", "changed", "mover", "partner", "guest",
    "rooted",
  ]
  /// What plans name when nobody shows a certificate.
  private static let anyone = "anyone"

  private struct Sight: Hashable {
    let who: String
    let path: String
  }

  /// What happens to one client at one route: with the certificate that it had, and with the one
  /// that it got.
  private struct Fate: Hashable {
    var before: Bool
    var after: Bool
    /// nil when it got none.
    var renewed: Bool?
  }

  @Test(arguments: ProxyKind.all.map(\.software))
  func `the access that a plan says is the access that there is`(
    _ software: ProxySoftware
  ) throws {
    let stage = try Stage(software)
    try stage.world.converge()
    let first = try stage.export(Self.old, as: "old")
    try stage.install()
    let complaints = try Daemon.complaints(software, in: stage.folder)
    #expect(complaints == "")
    let daemon = try Daemon(software, in: stage.folder, ports: [stage.port])
    defer { daemon.stop() }
    let before = try stage.look(first.merging([Self.anyone: nil]) { $1 }, paths: Self.paths)

    try stage.world.commit(try stage.changed())
    let said = try stage.access()
    try stage.world.converge()
    let renewed = ["rekeyed", "changed", "mover", "ci"]
    let second = try stage.export(renewed, as: "new")
    try stage.install()
    try daemon.reload()
    let after = try stage.look(first.merging([Self.anyone: nil]) { $1 }, paths: Self.paths)
    let later = try stage.look(second, paths: Self.paths)

    for who in Self.old + [Self.anyone, "ci"] {
      for path in Self.paths {
        let had = before[who]?[path] ?? false
        let fate = Fate(
          before: had, after: after[who]?[path] ?? false, renewed: later[who]?[path])
        let unsaid = Fate(before: had, after: had, renewed: second[who] == nil ? nil : had)
        let expected = said.filter { $0.concerns(who, path) }.reduce(unsaid) { $1.applied(to: $0) }
        #expect(fate == expected, "\(who) \(path): \(said.map(\.sentence))")
      }
    }
    // A test in which nothing happens proves nothing.
    #expect(Set(said.map { "\($0.change) \($0.condition ?? "")" }).count >= 6)
    for change in said where change.change == "expires" {
      for who in change.identities {
        let until = try #require(change.until)
        #expect(try stage.notAfter(of: #require(first[who] ?? nil)) == until)
      }
    }
  }

  // MARK: - What the plan says

  private struct Said: Decodable {
    struct Door: Decodable {
      let route: String
    }

    let change: String
    let condition: String?
    let sentence: String
    let anyone: Bool
    let identities: [String]
    let routes: [Door]
    let until: String?

    func concerns(_ who: String, _ path: String) -> Bool {
      (anyone ? [AccessTests.anyone] : identities).contains(who)
        && routes.contains { $0.route == path }
    }

    func applied(to fate: Fate) -> Fate {
      switch (change, condition) {
      case ("gains", nil):
        Fate(before: false, after: fate.renewed == nil, renewed: fate.renewed.map { _ in true })
      case ("gains", _): Fate(before: false, after: false, renewed: true)
      case ("loses", "new-certificate"): Fate(before: true, after: false, renewed: true)
      case ("loses", _):
        Fate(before: true, after: false, renewed: fate.renewed.map { _ in false })
      case ("expires", "new-certificate-not-accepted"):
        Fate(before: true, after: true, renewed: false)
      default: Fate(before: true, after: true, renewed: fate.renewed.map { _ in true })
      }
    }
  }

  private struct Document: Decodable {
    let access: [Said]
  }

  // MARK: - The stage

  /// One PKI with one proxy.
  private struct Stage {
    let world: World
    let folder: TemporaryFolder
    let port: Int
    let backend: RecordingBackend
    let software: ProxySoftware

    init(_ software: ProxySoftware) throws {
      self.software = software
      folder = try TemporaryFolder()
      port = try FreePort.take()
      backend = try RecordingBackend(count: 1)
      world = try World([
        "authorities.yaml": Sample.authorities + Sample.authority("partners")
          + Sample.authority("guests"),
        "clients.yaml": Sample.server("front", "dnsNames: [localhost]")
          + Sample.clients(AccessTests.old.filter { !["partner", "guest", "rooted"].contains($0) })
          + Sample.client("partner", "issuer: partners") + Sample.client("guest", "issuer: guests")
          + Sample.client("rooted", "issuer: root"),
      ])
      try world.commit([
        "proxy.yaml": proxy(
          trust: "issuing, partners",
          "{path: /}", "{path: /admin, allow: [app1]}", "{path: /open, verify: optional}",
          "{path: /team, allow: [app1, rekeyed, leaver, changed]}", "{path: /health, verify: none}",
          "{path: /split, identities: [app1, revoked]}", "{path: /split, allow: [app2]}")
      ])
    }

    /// Somebody leaves, somebody comes, keys are lost, lists and trust change.
    func changed() throws -> [String: String?] {
      [
        "clients.yaml": Sample.server("front", "dnsNames: [localhost]")
          + Sample.clients(["app1", "app2", "revoked", "rekeyed", "ci"])
          + Sample.client("changed", "uris: [\"urn:x:changed\"]")
          + Sample.client("mover", "issuer: partners")
          + Sample.client("partner", "issuer: partners")
          + Sample.client("guest", "issuer: guests") + Sample.client("rooted", "issuer: root"),
        "ends.yaml": Sample.revocation("identity: revoked", "reason: keyCompromise")
          + Sample.revocation(
            "identity: rekeyed",
            "issuedBefore: \(Timestamp(seconds: Int(Date().timeIntervalSince1970)))",
            "reason: superseded"),
        "proxy.yaml": proxy(
          trust: "issuing, guests, root",
          "{path: /}", "{path: /admin, allow: [app2, ci]}", "{path: /open}",
          "{path: /team, allow: [app1, rekeyed, changed]}", "{path: /late, allow: [guest]}",
          "{path: /health, verify: none}", "{path: /split, identities: [app2]}",
          "{path: /split, allow: [rooted]}"),
      ]
    }

    private func proxy(trust: String, _ routes: String...) -> String {
      """
      ---
      kind: TrustBundle
      name: clients
      authorities: [\(trust)]
      ---
      kind: Proxy
      name: edge
      software: \(software.rawValue)
      directory: \(folder.url("bundle").path)
      server: front
      listen: 127.0.0.1:\(port)
      clients: {trust: clients, verify: required}
      routes:

      """
        + routes.map {
          "- \($0.dropLast()), upstreams: [\"127.0.0.1:\(backend.ports[0])\"]}\n"
        }.joined()
    }

    func access() throws -> [Said] {
      let outcome = try world.certwright(["plan", "--format", "json"]).expect()
      return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8)).access
    }

    func export(_ names: [String], as age: String) throws -> [String: URL?] {
      var files: [String: URL?] = [:]
      for name in names {
        let file = world.folder.url("\(name)-\(age).pem")
        try world.certwright(["export", name, "--format", "pem", "--out", file.path]).expect()
        files[name] = file
      }
      return files
    }

    func install() throws {
      let bundle = folder.url("bundle").path
      try Program.run(
        [
          "sh", "-ec",
          """
          rm -rf '\(bundle)'; mkdir '\(bundle)'
          git archive --output '\(bundle).tar' published:proxies/edge
          tar -x -f '\(bundle).tar' -C '\(bundle)'
          install -m 600 '\(world.keys.path)'/front/*.pem '\(bundle)/servers/front.pem.key'
          """,
        ], in: world.repository
      ).expect()
    }

    /// Who gets through where.
    func look(
      _ clients: [String: URL?], paths: [String]
    ) throws -> [String: [String: Bool]] {
      let root = try world.folder.write("root.pem", try world.published("authorities/root/ca.pem"))
      let asked = clients.flatMap { who, file in paths.map { (who, file, $0) } }
      let probes = asked.map { _, file, path in
        var probe = Probe(port: port, target: path)
        probe.serverName = "localhost"
        probe.host = "localhost"
        probe.certificate = file?.path
        probe.key = file?.path
        return probe
      }
      let decisions = try ProbeClient.send(probes, authority: root.path, backend: backend)
      var seen: [String: [String: Bool]] = [:]
      for ((who, _, path), decision) in zip(asked, decisions) {
        #expect(decision.passed != decision.refused, "\(who) \(path): \(decision)")
        seen[who, default: [:]][path] = decision.passed
      }
      return seen
    }

    func notAfter(of file: URL) throws -> String {
      let blocks = try PEM.blocks(in: Array(try Data(contentsOf: file)))
      let der = try #require(blocks.first { $0.label == "CERTIFICATE" }?.der)
      return try CertificateFacts(der).notAfter.description
    }
  }
}
