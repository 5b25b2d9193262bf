import Foundation
import PKI
import Testing

/// What real proxies do with rendered bundles, judged by what arrives at the backend.
@Suite(.serialized) struct ProxiesTests {
  static let software = ProxyKind.all.map(\.software)

  /// Ports of the backends, by what the routes of ``lab(_:)`` are for.
  enum Part: Int, CaseIterable { case root, admin, open, optional, billing, others }

  /// Listener 0 mixes all policies, 1 requires certificates, 2 asks for none.
  static func lab(_ software: ProxySoftware) throws -> ProxyLab {
    let ten = IPAddress(bytes: [10, 0, 0, 0]).flatMap { IPRange(address: $0, prefixLength: 8) }
    let loopback = IPAddress(bytes: [127, 0, 0, 0]).flatMap {
      IPRange(address: $0, prefixLength: 8)
    }
    return try ProxyLab(software) { ports in
      let routes = try [
        ProxyLab.route("/", to: ports[0]),
        ProxyLab.route("/admin", to: ports[1], allow: ["app1"]),
        ProxyLab.route("/open", to: ports[2], verify: ClientVerification.none),
        ProxyLab.route("/optional", to: ports[3], verify: .optional),
        ProxyLab.route("/chosen", to: ports[3], verify: .optional, allow: ["app1"]),
        ProxyLab.route("/split", to: ports[4], only: ["billing"]),
        ProxyLab.route("/split", to: ports[5]),
        ProxyLab.route("/solo", to: ports[4], only: ["billing"]),
        ProxyLab.route("/ten", to: ports[0], from: ten),
        ProxyLab.route("/here", to: ports[0], from: loopback),
        ProxyLab.route("/nobody", to: ports[0], allow: []),
        ProxyLab.route("/answer", to: nil),
      ]
      return [
        try ProxyLab.listener(port: try FreePort.take(), routes: routes),
        try ProxyLab.listener(
          port: try FreePort.take(), routes: [try ProxyLab.route("/", to: ports[0])]),
        try ProxyLab.listener(
          port: try FreePort.take(), verify: .none, routes: [try ProxyLab.route("/", to: ports[2])]),
      ]
    }
  }

  @Test(arguments: software)
  func `the proxy's own checker has nothing to say about a bundle`(_ software: ProxySoftware)
    throws
  {
    let lab = try Self.lab(software)
    let complaints = try Daemon.complaints(software, in: lab.folder)
    #expect(complaints == "")
  }

  /// The routes of listener 0, and what each does with a client that is sound and on no list, one
  /// on every list, and none.
  struct Expectation {
    let path: String
    let app1: Bool
    let stranger: Bool
    let nobody: Bool
    /// Whether a certificate that verifies, but is not of the trust bundle, may pass.
    var unpinned = false
    var listener = 0
    /// Whether a bad certificate is looked at.
    var asks = true
  }

  static let expectations = [
    Expectation(path: "/", app1: true, stranger: true, nobody: false),
    Expectation(path: "/admin", app1: true, stranger: false, nobody: false),
    Expectation(path: "/admin/x", app1: true, stranger: false, nobody: false),
    Expectation(path: "/administrator", app1: true, stranger: true, nobody: false),
    Expectation(path: "/open", app1: true, stranger: true, nobody: true, unpinned: true),
    Expectation(path: "/optional/a", app1: true, stranger: true, nobody: true),
    Expectation(path: "/chosen", app1: true, stranger: false, nobody: true),
    Expectation(path: "/ten", app1: false, stranger: false, nobody: false),
    Expectation(path: "/here", app1: true, stranger: true, nobody: false),
    Expectation(path: "/nobody", app1: false, stranger: false, nobody: false),
    Expectation(path: "/solo", app1: false, stranger: false, nobody: false),
    Expectation(path: "/", app1: true, stranger: true, nobody: false, listener: 1),
    Expectation(
      path: "/", app1: true, stranger: true, nobody: true, unpinned: true, listener: 2,
      asks: false),
  ]

  @Test(arguments: software)
  func `only the clients that a route declares reach its backend`(_ software: ProxySoftware)
    throws
  {
    let lab = try Self.lab(software)
    var probes: [Probe] = []
    var wanted: [(Bool, String)] = []
    for version in Probe.Version.allCases {
      for expected in Self.expectations {
        let cases: [(String?, Bool)] =
          [("app1", expected.app1), ("stranger", expected.stranger), (nil, expected.nobody)]
          + ProxyWorld.unpinned.map { ($0, expected.unpinned) }
          + ProxyWorld.bad.map { ($0, !expected.asks) }
        for (client, passes) in cases {
          var probe = try lab.probe(client, expected.path, listener: expected.listener)
          probe.version = version
          probes.append(probe)
          wanted.append(
            (
              passes,
              "\(client ?? "nobody") \(version.rawValue) \(expected.listener)\(expected.path)"
            ))
        }
      }
    }
    for (decision, (passes, what)) in zip(try lab.send(probes), wanted) {
      #expect(passes ? decision.passed : decision.refused, "\(what): \(decision)")
      if let status = decision.status, !passes { #expect(status == 403, "\(what): \(decision)") }
    }
  }
}
