import Foundation
import PKI

/// The throwaway PKI of the proxy tests: two tiers, and everybody who should be refused.
struct ProxyWorld: Sendable {
  typealias Leaf = OpenSSLAuthority.Leaf

  let root: OpenSSLAuthority
  let edge: OpenSSLAuthority
  /// An intermediate that the root has revoked; its own CRL is loaded.
  let dead: OpenSSLAuthority
  let server: Leaf
  /// Held because their files go with them.
  private let strangers: [OpenSSLAuthority]
  /// By what is the matter with them.
  let clients: [String: Leaf]

  let trust: TrustMaterial

  /// Made once for all tests; nothing in it changes.
  static let shared = Result { try ProxyWorld() }

  /// Those that every route must refuse, and that a handshake already can.
  static let bad = [
    "other CA", "same-name CA", "expired", "not yet valid", "revoked", "revoked intermediate",
    "server certificate", "sibling intermediate",
  ]

  /// Those whose chain is sound, yet who are nobody to the trust bundle.
  static let unpinned = ["issued by the root", "retired"]

  init() throws {
    func subject(_ name: String) -> [(String, String)] {
      [("C", "US"), ("O", "Example"), ("CN", name)]
    }
    root = try OpenSSLAuthority(subject("Example Root CA"))
    edge = try OpenSSLAuthority(subject("Example Edge CA"), issuer: root)
    dead = try OpenSSLAuthority(subject("Example Dead CA"), issuer: root)
    let sibling = try OpenSSLAuthority(subject("Example Sibling CA"), issuer: root)
    let other = try OpenSSLAuthority(subject("Other CA"))
    let impostor = try OpenSSLAuthority(subject("Example Edge CA"))
    strangers = [sibling, other, impostor]
    server = try edge.issue(
      subject("api.example.com"), usage: "serverAuth",
      names: "DNS:api.example.com,DNS:*.apps.example.com,IP:127.0.0.1")
    clients = [
      "app1": try edge.issue(subject("app1")),
      "billing": try edge.issue(subject("billing"), rsa: 4096),
      "stranger": try edge.issue(subject("stranger")),
      "other CA": try other.issue(subject("app1")),
      "same-name CA": try impostor.issue(subject("app1")),
      "expired": try edge.issue(
        subject("app1"), from: "20240101000000Z", until: "20250101000000Z"),
      "not yet valid": try edge.issue(subject("app1"), from: "20390101000000Z"),
      "revoked": try edge.issue(subject("app1")),
      "revoked intermediate": try dead.issue(subject("app1")),
      "server certificate": server,
      "issued by the root": try root.issue(subject("app1")),
      "sibling intermediate": try sibling.issue(subject("app1")),
      "retired": try edge.issue(subject("app1")),
    ]
    if let revoked = clients["revoked"] { try edge.revoke(revoked.bare) }
    try root.revoke(dead.certificate)
    trust = TrustMaterial(
      issuers: [edge.name, dead.name],
      certificates: Array(try OpenSSLAuthority.join([edge, dead, root].map(\.certificate))),
      revocationLists: try [edge, dead, root].flatMap { try $0.revocationList() }, depth: 2)
  }

  func client(_ name: String) throws -> Leaf {
    guard let leaf = clients[name] else { throw ToolFailure(description: "no client \(name)") }
    return leaf
  }

  func accepted(_ client: String) throws -> AcceptedCertificate {
    AcceptedCertificate(issuer: edge.name, subject: try self.client(client).name)
  }
}

extension Name {
  /// A name that the test's author knows to be one.
  static func of(_ text: String) throws -> Name {
    guard let name = Name(text) else { throw ToolFailure(description: "\(text) is no name") }
    return name
  }
}

/// A backend, a bundle and the daemon that serves it.
final class ProxyLab: Sendable {
  let world: ProxyWorld
  let backend: RecordingBackend
  let daemon: Daemon
  let folder: TemporaryFolder
  let view: ProxyView
  let files: [BundleFile]

  /// `listeners` is given the backends' ports.
  init(
    _ software: ProxySoftware, name: String = "public-edge", backends: Int = 6,
    change: (ProxyView) throws -> ProxyView = { $0 },
    listeners: ([Int]) throws -> [Listener]
  ) throws {
    world = try ProxyWorld.shared.get()
    backend = try RecordingBackend(count: backends)
    folder = try TemporaryFolder()
    let proxy = Proxy(
      name: try .of(name), place: ProxyLab.place, software: software,
      directory: folder.url("bundle").path, listeners: try listeners(backend.ports),
      isProtected: false)
    view = try change(try ProxyLab.view(of: proxy, world))
    files = try ProxyKind.bundle(of: view)
    try ProxyLab.install(files, key: world.server.key, in: folder)
    daemon = try Daemon(software, in: folder, ports: proxy.listeners.map(\.port))
  }

  static let place = Place(file: "proxy.yaml", line: 1, column: 1)

  static func view(of proxy: Proxy, _ world: ProxyWorld) throws -> ProxyView {
    let address = IPAddress(bytes: [127, 0, 0, 1])
    let server = ServerMaterial(
      chain: Array(try Data(contentsOf: world.server.certificate)),
      dnsNames: ["api.example.com", "*.apps.example.com"], addresses: [address].compactMap(\.self))
    let names = try ["app1", "billing", "stranger"].map { (try Name.of($0), $0) }
    return ProxyView(
      proxy: proxy, servers: [try .of("api"): server],
      trusts: [try .of("edge-clients"): world.trust],
      identities: Dictionary(
        uniqueKeysWithValues: try names.map { ($0, [try world.accepted($1)]) }),
      refused: [
        RefusedCertificate(
          issuer: world.edge.name, serial: try world.client("retired").serial)
      ])
  }

  /// Writes a bundle and puts the server's key beside its certificate, as a proxy host does.
  static func install(_ files: [BundleFile], key: URL, in folder: TemporaryFolder) throws {
    for file in files {
      try folder.write("bundle/" + file.path, file.bytes)
      guard file.path.hasPrefix("servers/") else { continue }
      try folder.write("bundle/\(file.path).key", Array(try Data(contentsOf: key)))
    }
  }

  /// A listener on 127.0.0.1 that asks for the world's clients.
  static func listener(
    port: Int, verify: ClientVerification = .required, allow: [String]? = nil, routes: [Route]
  ) throws -> Listener {
    Listener(
      place: place, server: try .of("api"), address: IPAddress(bytes: [127, 0, 0, 1]), port: port,
      trust: try .of("edge-clients"), verify: verify,
      allow: try allow.map { NameList(try $0.map(Name.of)) },
      addresses: nil, routes: routes)
  }

  static func route(
    _ path: String, to port: Int?, verify: ClientVerification? = nil, allow: [String]? = nil,
    from: IPRange? = nil, only: [String]? = nil
  ) throws -> Route {
    Route(
      place: place, path: path,
      upstreams: [port].compactMap(\.self).map { Upstream(host: "127.0.0.1", port: $0) },
      verify: verify, allow: try allow.map { NameList(try $0.map(Name.of)) },
      addresses: from.map { [$0] },
      identities: try only.map { NameList(try $0.map(Name.of)) })
  }

  func probe(_ client: String? = nil, _ target: String = "/", listener: Int = 0) throws -> Probe {
    var probe = Probe(port: view.proxy.listeners[listener].port, target: target)
    if let client {
      let leaf = try world.client(client)
      probe.certificate = leaf.certificate.path
      probe.key = leaf.key.path
    }
    return probe
  }

  func send(_ probes: [Probe]) throws -> [Decision] {
    try ProbeClient.send(probes, authority: world.root.certificate.path, backend: backend)
  }

  func send(_ probe: Probe) throws -> Decision {
    guard let decision = try send([probe]).first else {
      throw ToolFailure(description: "no answer for a probe")
    }
    return decision
  }
}
