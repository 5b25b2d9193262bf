import Foundation
import PKI
import Testing

/// What can be said of bundles without a daemon.
@Suite struct ProxiesRenderingTests {
  static let issuer = PrintedName([(oid: "2.5.4.3", value: "Edge CA")])

  static func view(
    _ software: ProxySoftware, revocationLists: [UInt8] = [1],
    directory: String = "/etc/certwright",
    host: String = "127.0.0.1", name: String = "edge", verify: ClientVerification = .required,
    listeners: Int = 1, unprintable: Bool = false
  ) throws -> ProxyView {
    let route = Route(
      place: ProxyLab.place, path: "/", upstreams: [Upstream(host: host, port: 8000)], verify: nil,
      allow: nil, addresses: nil, identities: nil)
    let admin = Route(
      place: ProxyLab.place, path: "/admin", upstreams: [], verify: .required,
      allow: [try .of("app1")], addresses: nil, identities: nil)
    let all = try (0..<listeners).map { number in
      Listener(
        place: ProxyLab.place, server: try .of("api"), address: nil, port: 443 + number,
        trust: try .of("trust.crl"), verify: verify, allow: nil, addresses: nil,
        routes: [route, admin])
    }
    let subject = PrintedName([(oid: unprintable ? "1.2.3.4" : "2.5.4.3", value: "app1")])
    return ProxyView(
      proxy: Proxy(
        name: try .of(name), place: ProxyLab.place, software: software, directory: directory,
        listeners: all, isProtected: false),
      servers: [
        try .of("api"): ServerMaterial(
          chain: [2], dnsNames: ["api.example.com"], addresses: [])
      ],
      trusts: [
        try .of("trust.crl"): TrustMaterial(
          issuers: [issuer], certificates: [3], revocationLists: revocationLists, depth: 2)
      ],
      identities: [try .of("app1"): [AcceptedCertificate(issuer: issuer, subject: subject)]],
      refused: [])
  }

  @Test(arguments: ProxySoftware.allCases)
  func `every software has a kind`(_ software: ProxySoftware) {
    #expect(ProxyKind.all.filter { $0.software == software }.count == 1)
  }

  @Test(arguments: ProxySoftware.allCases)
  func `the same view gives the same bytes, in order, without a private key`(
    _ software: ProxySoftware
  ) throws {
    let first = try ProxyKind.bundle(of: Self.view(software))
    #expect(try ProxyKind.bundle(of: Self.view(software)) == first)
    #expect(first.map(\.path) == first.map(\.path).sorted())
    #expect(Set(first.map(\.path)).count == first.count)
    #expect(!first.contains { $0.path.hasSuffix(".key") })
  }

  @Test(arguments: ProxySoftware.allCases)
  func `a new CRL changes the CRL's file alone`(_ software: ProxySoftware) throws {
    let before = try ProxyKind.bundle(of: Self.view(software))
    let after = try ProxyKind.bundle(of: Self.view(software, revocationLists: [9, 9]))
    let changed = zip(before, after).filter { $0 != $1 }.map(\.0.path)
    #expect(changed == ["crl/trust.crl.pem"])
  }

  @Test(arguments: ProxySoftware.allCases)
  func `a subject that a proxy prints in an unknown way is on no list`(_ software: ProxySoftware)
    throws
  {
    let files = try ProxyKind.bundle(of: Self.view(software, unprintable: true))
    let list = try #require(files.first { $0.path.contains("allow_1") })
    #expect(list.bytes.isEmpty)
  }

  @Test(
    arguments: ProxySoftware.allCases,
    ["/etc/$x", "/etc/a b", "/etc/a\"b", "/etc/a'b", "/etc/a;b", "relative", "/etc/a\nb", "/ö"])
  func `a directory that could be read as configuration is refused`(
    _ software: ProxySoftware, _ directory: String
  ) throws {
    let view = try Self.view(software, directory: directory)
    #expect(throws: ProxyViewError.unsafeDirectory(directory)) { try ProxyKind.bundle(of: view) }
  }

  @Test(
    arguments: ProxySoftware.allCases, ["a b", "", "a;b", "$x", "a\nb", "a}b", "ä", "a\"b", "a/b"])
  func `an upstream that could be read as configuration is refused`(
    _ software: ProxySoftware, _ host: String
  ) throws {
    let view = try Self.view(software, host: host)
    #expect(throws: ProxyViewError.unsafeUpstream(host)) { try ProxyKind.bundle(of: view) }
  }

  @Test(arguments: ProxySoftware.allCases)
  func `a listener with open and closed routes asks for certificates`(_ software: ProxySoftware)
    throws
  {
    let files = try ProxyKind.bundle(of: Self.view(software, verify: .none))
    let text = files.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    #expect(
      text.contains("ssl_verify_client optional") || text.contains("verify optional")
        || text.contains("SSLVerifyClient optional"))
  }

  /// Checks that twelve listeners, a long proxy name and public addresses are nothing that a
  /// daemon would warn about.
  @Test(arguments: ProxySoftware.allCases)
  func `a proxy with many listeners and a long name is checked without a warning`(
    _ software: ProxySoftware
  ) throws {
    let world = try ProxyWorld.shared.get()
    let folder = try TemporaryFolder()
    let base = try Self.view(
      software, directory: folder.url("bundle").path,
      name: String(repeating: "abcdefghij", count: 6) + "/" + String(repeating: "a", count: 63),
      listeners: 12)
    let server = ServerMaterial(
      chain: Array(try Data(contentsOf: world.server.certificate)),
      dnsNames: ["api.example.com", "*.apps.example.com"],
      addresses: [IPAddress(bytes: Array(repeating: 0, count: 15) + [1])].compactMap(\.self))
    let view = ProxyView(
      proxy: base.proxy, servers: [try .of("api"): server],
      trusts: [try .of("trust.crl"): world.trust], identities: base.identities, refused: [])
    try ProxyLab.install(ProxyKind.bundle(of: view), key: world.server.key, in: folder)
    let complaints = try Daemon.complaints(software, in: folder)
    #expect(complaints == "")
  }
}
