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
}
