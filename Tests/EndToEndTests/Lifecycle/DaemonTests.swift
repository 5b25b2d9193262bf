import Foundation
import PKI
import Testing

/// What certwright publishes, in the hands of the real daemons: only the right clients get through.
@Suite(.serialized) struct DaemonTests {
  static let software = ProxyKind.all.map(\.software)

  private let fixture: DaemonFixture
  private let root: URL

  init() throws {
    fixture = try DaemonFixture.shared.get()
    root = try fixture.root()
  }

  /// Who may go where while app1's first certificate is good.
  private static let doors: [(client: String?, routes: [DaemonFixture.Route])] = [
    (nil, [.open]), ("app1", [.root, .admin, .open]), ("app2", [.root, .open]),
    ("revoked1", []), ("expired1", []), ("stray", []), ("front", []), ("stranger", []),
  ]

  @Test(arguments: software)
  func `a published bundle lets the declared clients through, until they are revoked`(
    _ software: ProxySoftware
  ) throws {
    try fixture.install(fixture.before, for: software)
    let folder = try fixture.folder(software)
    let port = try fixture.port(software)
    let complaints = try Daemon.complaints(software, in: folder)
    #expect(complaints == "")
    let daemon = try Daemon(software, in: folder, ports: [port])
    defer { daemon.stop() }
    try expect(
      Self.doors.map { ($0.client, try file($0.client), $0.routes) }, port: port)

    let sessions = Probe.Version.allCases.map { ($0, folder.url("session-\($0.rawValue)")) }
    for (version, session) in sessions {
      #expect(try ask("app1", version, port: port, "-sess_out", session.path).seen)
      // TLS 1.2 leaves nothing to resume; TLS 1.3 hands out tickets whatever they are good for.
      #expect(FileManager.default.fileExists(atPath: session.path) == (version == .tls13))
    }

    try fixture.install(fixture.after, for: software)
    let complaintsAfter = try Daemon.complaints(software, in: folder)
    #expect(complaintsAfter == "")
    try daemon.reload()
    let doors = Self.doors.map { ($0.client, $0.client == "app1" ? [] : $0.routes) }
    try expect(
      doors.map { ($0, try file($0), $1) }
        + [("app1", fixture.successor, DaemonFixture.Route.allCases)], port: port)
    for (version, session) in sessions {
      #expect(try !ask("app1", version, port: port).seen)
      #expect(try ask("app2", version, port: port).seen)
      guard version == .tls13 else { continue }
      let answer = try ask("app1", version, port: port, "-sess_in", session.path)
      #expect(!answer.seen && !answer.output.contains("Reused,"), "\(answer.output)")
    }
  }

  private func file(_ client: String?) throws -> URL? {
    try client.map { try #require(fixture.clients[$0]) }
  }

  /// Sends every client, each saying that it is app1, to every route with both versions of TLS, and
  /// looks at what the backends were told.
  private func expect(
    _ doors: [(client: String?, file: URL?, routes: [DaemonFixture.Route])], port: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var probes: [Probe] = []
    var wanted: [(client: String?, route: DaemonFixture.Route, passes: Bool)] = []
    for version in Probe.Version.allCases {
      for door in doors {
        for route in DaemonFixture.Route.allCases {
          var probe = Probe(port: port, version: version, target: route.rawValue)
          probe.serverName = "localhost"
          probe.host = "localhost"
          probe.certificate = door.file?.path
          probe.key = door.file?.path
          probe.headers = [["X-SSL-Client-Subject", "CN=app1"]]
          probes.append(probe)
          wanted.append((door.client, route, door.routes.contains(route)))
        }
      }
    }
    let decisions = try ProbeClient.send(probes, authority: root.path, backend: fixture.backend)
    #expect(decisions.count == wanted.count, sourceLocation: sourceLocation)
    for ((probe, decision), (client, route, passes)) in zip(zip(probes, decisions), wanted) {
      let what = "\(client ?? "nobody") \(probe.version.rawValue) \(route): \(decision)"
      guard passes else {
        #expect(decision.refused, "\(what)", sourceLocation: sourceLocation)
        if let status = decision.status {
          #expect(status == 403, "\(what)", sourceLocation: sourceLocation)
        }
        continue
      }
      #expect(decision.passed, "\(what)", sourceLocation: sourceLocation)
      let seen = decision.seen
      #expect(
        seen?.port == route.port(of: fixture.backend), "\(what)", sourceLocation: sourceLocation)
      let subjects = seen?.values("X-SSL-Client-Subject").filter { !$0.isEmpty }
      #expect(
        subjects == client.map { ["CN=\($0)"] } ?? [], "\(what)", sourceLocation: sourceLocation)
      #expect(
        seen?.values("X-SSL-Client-Verify") == [client == nil ? "NONE" : "SUCCESS"], "\(what)",
        sourceLocation: sourceLocation)
    }
  }

  /// One request with `openssl s_client`, which can keep a session and offer it.
  private func ask(
    _ client: String, _ version: Probe.Version, port: Int, _ more: String...
  ) throws -> (output: String, seen: Bool) {
    let id = UUID().uuidString
    let file = try #require(fixture.clients[client]).path
    let words =
      [
        "-connect", "127.0.0.1:\(port)", "-servername", "localhost", "-CAfile", root.path,
        version == .tls12 ? "-tls1_2" : "-tls1_3", "-cert", file, "-key", file,
      ] + more
    // The answer ends the connection, and the client with it; TLS 1.3 tickets come before that.
    let request =
      "GET / HTTP/1.1\r\nHost: localhost\r\nX-Probe: \(id)\r\nConnection: close\r\n\r\n"
    let result = try Tool.run(
      ["timeout", "10", "openssl", "s_client", "-ign_eof"] + words, input: request)
    return (result.output + result.errors, try fixture.backend.seen()[id] != nil)
  }
}
