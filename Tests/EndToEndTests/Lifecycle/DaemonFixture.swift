import Foundation
import PKI
import Testing

/// One PKI that the real program made and published twice, with a bundle for each proxy software.
/// The tests read it and change nothing in it.
struct DaemonFixture: Sendable {
  static let shared = Result { try DaemonFixture() }

  let world: World
  let backend: RecordingBackend
  /// By client: a PEM file with the key, the certificate and its chain.
  let clients: [String: URL]
  /// A certificate that app1 got after its first one was revoked.
  let successor: URL
  /// Published commits to install, before and after the revocation of app1.
  let before: String
  let after: String
  private let proxies: [ProxySoftware: (folder: TemporaryFolder, port: Int)]

  init() throws {
    let backend = try RecordingBackend(count: Route.allCases.count)
    var proxies: [ProxySoftware: (folder: TemporaryFolder, port: Int)] = [:]
    for software in ProxyKind.all.map(\.software) {
      proxies[software] = (try TemporaryFolder(), try FreePort.take())
    }
    let documents = proxies.map { software, place in
      Self.proxy(software, in: place.folder, port: place.port, backend: backend)
    }
    // A month ago everybody got a certificate.
    let past = Self.now() - .days(30)
    let world = try World([
      "authorities.yaml": Sample.authorities, "doomed.yaml": Sample.authority("doomed"),
      "trust.yaml": "kind: TrustBundle\nname: clients\nauthorities: [issuing]\n",
      "identities.yaml": Sample.server(
        "front", "dnsNames: [localhost]", "ipAddresses: [127.0.0.1]")
        + Sample.clients(["app1", "app2", "revoked1"]),
      "leaving.yaml": Sample.client("expired1", "lifetime: 20d")
        + Sample.client("stray", "issuer: doomed"),
      "proxies.yaml": documents.joined(),
    ])
    try world.converge(at: past)
    var clients: [String: URL] = [:]
    for name in ["app1", "app2", "revoked1", "expired1", "stray", "front"] {
      clients[name] = try Self.export(name, as: name, from: world, at: past)
    }
    try Self.expectSound(clients, world, at: past)
    clients["stranger"] = try Self.stranger(world)

    // Today one of them has expired, one is revoked, and one is left without its authority.
    try world.commit([
      "leaving.yaml": nil, "doomed.yaml": nil,
      "revocations.yaml": Sample.revocation("identity: revoked1", "reason: keyCompromise")
        + Sample.revocation("authority: doomed", "reason: cACompromise"),
    ])
    try world.converge(at: Self.now())
    before = try Self.tip(world)

    // Then app1 loses its key and gets another.
    let moment = Self.now()
    try world.commit([
      "app1.yaml": Sample.revocation(
        "identity: app1", "issuedBefore: \(moment)", "reason: keyCompromise")
    ])
    try world.converge(at: moment)
    after = try Self.tip(world)
    successor = try Self.export("app1", as: "successor", from: world, at: moment)
    self.world = world
    self.backend = backend
    self.clients = clients
    self.proxies = proxies
  }

  /// What each proxy serves, every route with a backend of its own.
  enum Route: String, CaseIterable {
    case root = "/"
    case admin = "/admin"
    case open = "/open"

    var rules: String {
      switch self {
      case .root: "verify: required"
      case .admin: "verify: required, allow: [app1]"
      case .open: "verify: optional"
      }
    }

    func port(of backend: RecordingBackend) -> Int {
      zip(Route.allCases, backend.ports).first { $0.0 == self }?.1 ?? 0
    }
  }

  private static func proxy(
    _ software: ProxySoftware, in folder: TemporaryFolder, port: Int, backend: RecordingBackend
  ) -> String {
    let routes = Route.allCases.map {
      "  - {path: \($0.rawValue), \($0.rules), upstreams: [\"127.0.0.1:\($0.port(of: backend))\"]}\n"
    }
    return """
      ---
      kind: Proxy
      name: edge-\(software.rawValue)
      software: \(software.rawValue)
      directory: \(folder.url("bundle").path)
      server: front
      listen: 127.0.0.1:\(port)
      clients: {trust: clients, verify: optional}
      routes:
      \(routes.joined())
      """
  }

  /// The clock that the daemons go by.
  private static func now() -> Timestamp {
    Timestamp(seconds: Int(Date().timeIntervalSince1970))
  }

  private static func tip(_ world: World) throws -> String {
    guard let tip = try world.tip() else { throw ToolFailure(description: "nothing published") }
    return tip
  }

  private static func export(
    _ name: String, as file: String, from world: World, at time: Timestamp
  ) throws -> URL {
    let place = world.folder.url("\(file).pem")
    try world.certwright([
      "export", name, "--format", "pem", "--out", place.path, "--at", "\(time)",
    ]).expect()
    return place
  }

  /// Whoever is refused later is refused for what happened since: at first all were good.
  private static func expectSound(_ clients: [String: URL], _ world: World, at time: Timestamp)
    throws
  {
    let root = try world.published("authorities/root/ca.pem")
    for (name, file) in clients {
      try Program.run(
        [
          "openssl", "verify", "-x509_strict", "-attime", "\(time.seconds)",
          "-purpose", name == "front" ? "sslserver" : "sslclient", "-CAfile", "/dev/stdin",
          "-untrusted", file.path, file.path,
        ], in: world.repository, input: root
      ).expect(says: ": OK")
    }
  }

  /// Somebody who signed a certificate with the name of a client that everything is open to.
  private static func stranger(_ world: World) throws -> URL {
    let place = world.folder.url("stranger.pem")
    let name = place.path
    try Tool.check([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
      "-subj", "/CN=app1", "-addext", "extendedKeyUsage=clientAuth", "-days", "5",
      "-keyout", name, "-out", "\(name).certificate",
    ])
    try Tool.check(["sh", "-c", "cat '\(name).certificate' >> '\(name)'"])
    return place
  }

  // MARK: - One proxy

  func port(_ software: ProxySoftware) throws -> Int { try place(software).port }

  func folder(_ software: ProxySoftware) throws -> TemporaryFolder { try place(software).folder }

  private func place(_ software: ProxySoftware) throws -> (folder: TemporaryFolder, port: Int) {
    guard let place = proxies[software] else { throw ToolFailure(description: "no \(software)") }
    return place
  }

  /// Replaces a proxy's bundle by the files of a published commit, byte for byte, and puts the
  /// server's key beside them, as a proxy host does.
  func install(_ commit: String, for software: ProxySoftware) throws {
    let bundle = try folder(software).url("bundle").path
    try Program.run(
      [
        "sh", "-ec",
        """
        rm -rf '\(bundle)'
        mkdir '\(bundle)'
        git archive --output '\(bundle).tar' '\(commit):proxies/edge-\(software.rawValue)'
        tar -x -f '\(bundle).tar' -C '\(bundle)'
        install -m 600 '\(world.keys.path)'/front/*.pem '\(bundle)/servers/front.pem.key'
        """,
      ], in: world.repository
    ).expect()
  }

  /// The root, by which the clients know the server.
  func root() throws -> URL {
    try world.folder.write("root.pem", try world.published("authorities/root/ca.pem"))
  }
}
