import Foundation
import PKI
import Testing

/// Request targets that are meant to arrive below a stricter route than the proxy believes.
@Suite(.serialized) struct ProxiesPathTests {
  static let attacks = [
    "//admin", "/%61dmin", "/%61DMIN", "/x/../admin", "/./admin", "/Admin", "/ADMIN/x", "/admin;x",
    "/admin;", "/admin%3bx", "/admin%2f..", "/admin%2f", "/admin/", "/admin/.", "/admin/./x",
    "/open/../admin", "/open/%2e%2e/admin", "/open/.%2e/admin", "/open/%2E./admin",
    "/open/..%2fadmin", "/open%2f..%2fadmin", "/open/..%5cadmin", "/open/..;/admin",
    "/open;/../admin", "/open/;/../admin", "/open\\..\\admin", "/open/..\\admin",
    "/open/..%c0%afadmin", "/open/%c0%ae%c0%ae/admin", "/admin%00", "/open/%00/../../admin",
    "/admin#x", "/open#/../admin", "/open//../admin", "/open/x/../../admin", "///admin",
    "/;/admin", "/.;/admin", "/%2e/admin", "/open/..", "/open/../", "/open/%2e%2e",
    "/admin%09", "/admin%20/..", "/open/%0a/../../admin", "/optional/../admin", "/%zz/../admin",
    "https://api.example.com/admin", "https://api.example.com/open/../admin",
    "http://api.example.com//admin", "https://api.example.com/%61dmin", "*", "admin",
    "/admin?x", "/admin/?x=/open", "/Open/x", "/OPEN", "/open%2fx", "/open;x",
  ]

  /// The path that the most obliging backend would make of a target.
  static func resolved(_ target: String) -> String {
    var path = String(target.prefix { $0 != "?" })
    if let scheme = path.range(of: "://") {
      let rest = path[scheme.upperBound...]
      path = String(rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...])
    }
    path = (path.removingPercentEncoding ?? path).lowercased().replacing("\\", with: "/")
    var segments: [Substring] = []
    for segment in path.split(whereSeparator: { "/\0#".contains($0) }) {
      let name = segment.prefix { $0 != ";" }
      if name == ".." {
        segments = segments.dropLast()
      } else if name != "." && !name.isEmpty {
        segments.append(name.prefix { $0 != "\t" && $0 != " " })
      }
    }
    return "/" + segments.joined(separator: "/")
  }

  @Test(arguments: ProxiesTests.software)
  func `no spelling of a path reaches a stricter route's part of a backend`(
    _ software: ProxySoftware
  ) throws {
    let lab = try ProxiesTests.lab(software)
    var probes: [Probe] = []
    for target in Self.attacks {
      probes.append(try lab.probe("stranger", target))
      probes.append(try lab.probe(nil, target))
    }
    let open = lab.backend.ports[ProxiesTests.Part.open.rawValue]
    for (probe, decision) in zip(probes, try lab.send(probes)) {
      guard let seen = decision.seen else {
        #expect(decision.status != 200, "\(probe.target): \(decision)")
        continue
      }
      let path = Self.resolved(seen.target)
      #expect(!(path + "/").hasPrefix("/admin/"), "\(probe.target): \(decision)")
      if probe.certificate == nil {
        #expect(seen.port == open && (path + "/").hasPrefix("/open/"), "\(probe.target): \(seen)")
      }
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `ordinary targets arrive byte for byte`(_ software: ProxySoftware) throws {
    let lab = try ProxiesTests.lab(software)
    let targets = [
      "/", "/a%20b/C%23?q=1%262&r=%2F..%2F", "/caf%C3%A9", "/a+b", "/x?y=//..;#".dropLast(1),
      "/a.b/...", "/.well-known/x", "/a:b@c,d=e!$&'()*~", "/%61bc", "/admin%2Dx", "/100%25",
      "/x?a=b?c=d", "/q%22uote", "/t~%7e",
    ].map { String($0) }
    let decisions = try lab.send(try targets.map { try lab.probe("app1", $0) })
    for (target, decision) in zip(targets, decisions) {
      #expect(decision.seen?.target == target, "\(decision)")
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `of several routes with one path the client's identity chooses`(_ software: ProxySoftware)
    throws
  {
    let lab = try ProxiesTests.lab(software)
    let cases: [(String?, String, ProxiesTests.Part?)] = [
      ("billing", "/split/x", .billing), ("app1", "/split/x", .others),
      ("stranger", "/split", .others), (nil, "/split", nil), ("retired", "/split", nil),
      ("billing", "/solo", .billing), ("app1", "/solo", nil), ("billing", "/splitx", .root),
    ]
    let decisions = try lab.send(try cases.map { try lab.probe($0.0, $0.1) })
    for (expected, decision) in zip(cases, decisions) {
      let port = expected.2.map { lab.backend.ports[$0.rawValue] }
      #expect(decision.seen?.port == port, "\(expected): \(decision)")
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `a route without upstreams answers by itself, to those it lets in`(
    _ software: ProxySoftware
  ) throws {
    let lab = try ProxiesTests.lab(software)
    var post = try lab.probe("app1", "/answer")
    post.method = "POST"
    post.bodyLength = 3
    let decisions = try lab.send([
      try lab.probe("app1", "/answer"), try lab.probe("app1", "/answer/x?y"), post,
      try lab.probe(nil, "/answer"),
    ])
    #expect(decisions.map(\.status) == [200, 200, 200, 403])
    #expect(decisions.prefix(3).allSatisfy { $0.body.count < 8 && $0.body.hasPrefix("ok") })
    #expect(decisions.allSatisfy { $0.seen == nil })
  }

  @Test(arguments: ProxiesTests.software)
  func `large bodies pass a route that asks for a certificate`(_ software: ProxySoftware) throws {
    let lab = try ProxiesTests.lab(software)
    var post = try lab.probe("app1", "/admin/upload")
    post.method = "POST"
    post.bodyLength = 3_000_000
    #expect(try lab.send(post).seen?.length == 3_000_000)
  }

  /// Answers of one curl command, whose requests share a connection: status, HTTP version and
  /// number of new connections.
  static func curl(_ lab: ProxyLab, _ client: String?, _ options: [String], _ targets: [String])
    throws -> [String]
  {
    let port = lab.view.proxy.listeners[0].port
    var words = [
      "curl", "-s", "--path-as-is", "-w", "%{http_code} %{http_version} %{num_connects}\n",
    ]
    words += ["--cacert", lab.world.root.certificate.path] + options
    words += ["--resolve", "api.example.com:\(port):127.0.0.1"]
    if let client {
      let leaf = try lab.world.client(client)
      words += ["--cert", leaf.certificate.path, "--key", leaf.key.path]
    }
    for target in targets {
      words += ["-o", "/dev/null", "https://api.example.com:\(port)\(target)"]
    }
    return try Tool.run(words).output.split(separator: "\n").map { String($0) }
  }

  @Test(arguments: ProxiesTests.software)
  func `every request of a connection is judged for itself`(_ software: ProxySoftware) throws {
    let lab = try ProxiesTests.lab(software)
    let nobody = try Self.curl(
      lab, nil, ["--http1.1"], ["/open", "/admin", "/optional", "/", "/open"])
    #expect(nobody.map { $0.prefix(3) } == ["200", "403", "200", "403", "200"])
    let stranger = try Self.curl(
      lab, "stranger", ["--http1.1"], ["/", "/admin", "/chosen", "/optional", "/solo", "/"])
    #expect(stranger.map { $0.prefix(3) } == ["200", "403", "403", "200", "403", "200"])
  }

  @Test func `HAProxy judges HTTP/2 as it judges HTTP/1.1`() throws {
    let lab = try ProxiesTests.lab(.haproxy)
    let targets = [
      "/open", "/admin", "//admin", "/open/../admin", "/open/%2e%2e/admin", "/Admin", "/admin;x",
      "/optional", "/open%2f../admin", "/",
    ]
    let answers = try Self.curl(lab, nil, ["--http2"], targets)
    #expect(
      answers == [
        "200 2 1", "403 2 0", "400 2 0", "400 2 0", "400 2 0", "400 2 0", "400 2 0", "200 2 0",
        "400 2 0", "403 2 0",
      ])
    let forged = ["--http2", "-H", "x-ssl-client-verify: SUCCESS", "-H", "X-Probe: h2"]
    #expect(try Self.curl(lab, nil, forged, ["/open"]) == ["200 2 1"])
    #expect(try lab.backend.seen()["h2"]?.values("X-SSL-Client-Verify") == ["NONE"])
  }

  @Test(arguments: ProxiesTests.software)
  func `requests are spread over the upstreams`(_ software: ProxySoftware) throws {
    let lab = try ProxyLab(software, backends: 2) { ports in
      let route = Route(
        place: ProxyLab.place, path: "/",
        upstreams: ports.map { Upstream(host: "127.0.0.1", port: $0) }, verify: nil, allow: nil,
        addresses: nil, identities: nil)
      return [try ProxyLab.listener(port: try FreePort.take(), routes: [route])]
    }
    let decisions = try lab.send(try (0..<8).map { _ in try lab.probe("app1") })
    for port in lab.backend.ports {
      #expect(decisions.filter { $0.seen?.port == port }.count >= 3)
    }
  }
}
