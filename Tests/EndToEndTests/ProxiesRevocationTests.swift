import Foundation
import PKI
import Testing

/// What a revocation does to sessions and connections that are older than it, and what ordinary
/// clients see.
@Suite(.serialized) struct ProxiesRevocationTests {
  static func lab(_ software: ProxySoftware) throws -> ProxyLab {
    try ProxyLab(software, backends: 2) { ports in
      [
        try ProxyLab.listener(
          port: try FreePort.take(), routes: [try ProxyLab.route("/", to: ports[0])]),
        try ProxyLab.listener(
          port: try FreePort.take(), verify: .none,
          routes: [try ProxyLab.route("/", to: ports[1])]),
      ]
    }
  }

  /// One request with `openssl s_client`, keeping or offering a session.
  static func ask(
    _ lab: ProxyLab, _ leaf: OpenSSLAuthority.Leaf?, _ version: Probe.Version, listener: Int = 0,
    saving: URL? = nil, offering: URL? = nil
  ) throws -> (output: String, seen: Bool) {
    let id = UUID().uuidString
    let port = lab.view.proxy.listeners[listener].port
    var options = version == .tls12 ? "-tls1_2" : "-tls1_3"
    if let leaf {
      let file = leaf.certificate.path
      options += " -cert \(file) -cert_chain \(file) -key \(leaf.key.path)"
    }
    if let saving { options += " -sess_out \(saving.path)" }
    if let offering { options += " -sess_in \(offering.path)" }
    // The pause gives TLS 1.3 tickets the time to arrive.
    let command = """
      (printf 'GET / HTTP/1.1\\r\\nHost: api.example.com\\r\\nX-Probe: \(id)\\r\\n\\r\\n'; sleep 0.4) \
      | timeout 10 openssl s_client -connect 127.0.0.1:\(port) -servername api.example.com \
      -CAfile \(lab.world.root.certificate.path) \(options)
      """
    let result = try Tool.run(["sh", "-c", command])
    return (result.output + result.errors, try lab.backend.seen()[id] != nil)
  }

  @Test(arguments: ProxiesTests.software)
  func `no session outlives a revocation, and none crosses listeners`(_ software: ProxySoftware)
    throws
  {
    let world = try ProxyWorld.shared.get()
    let lab = try Self.lab(software)
    let victim = try world.edge.issue([("C", "US"), ("O", "Example"), ("CN", "victim")])
    for version in Probe.Version.allCases {
      let own = lab.folder.url("own-\(version.rawValue)")
      let open = lab.folder.url("open-\(version.rawValue)")
      #expect(try Self.ask(lab, victim, version, saving: own).seen)
      #expect(try Self.ask(lab, nil, version, listener: 1, saving: open).seen)
      for session in [own, open] where FileManager.default.fileExists(atPath: session.path) {
        let answer = try Self.ask(lab, nil, version, offering: session)
        #expect(!answer.seen && !answer.output.contains("Reused,"), "\(answer.output)")
      }
    }
    try world.edge.revoke(victim.bare)
    let lists = try [world.edge, world.dead, world.root].flatMap { try $0.revocationList() }
    try lab.folder.write("bundle/crl/edge-clients.pem", lists)
    try lab.daemon.reload()
    for version in Probe.Version.allCases {
      #expect(try !Self.ask(lab, victim, version).seen)
      #expect(try Self.ask(lab, world.client("app1"), version).seen)
      let own = lab.folder.url("own-\(version.rawValue)")
      if FileManager.default.fileExists(atPath: own.path) {
        #expect(try !Self.ask(lab, victim, version, offering: own).seen)
      }
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `curl gets what a client should, by name and by address`(_ software: ProxySoftware) throws {
    let lab = try Self.lab(software)
    let port = lab.view.proxy.listeners[0].port
    func curl(_ url: String, _ client: String?) throws -> (code: String, seen: Bool) {
      let id = UUID().uuidString
      let leaf = try client.map { try lab.world.client($0) }
      var words = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url]
      words += ["-H", "X-Probe: \(id)", "--cacert", lab.world.root.certificate.path]
      words += ["--resolve", "api.example.com:\(port):127.0.0.1"]
      if let leaf { words += ["--cert", leaf.certificate.path, "--key", leaf.key.path] }
      let result = try Tool.run(words)
      return (result.output, try lab.backend.seen()[id] != nil)
    }
    for host in ["api.example.com", "127.0.0.1"] {
      let url = "https://\(host):\(port)/x"
      #expect(try curl(url, "app1") == ("200", true))
      for client in [nil, "revoked", "other CA", "expired", "issued by the root", "retired"] {
        let answer = try curl(url, client)
        #expect(["000", "403"].contains(answer.code) && !answer.seen, "\(client ?? "nobody")")
      }
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `a fragment works in a configuration that exists already`(_ software: ProxySoftware) throws {
    let lab = try Self.lab(software)
    lab.daemon.stop()
    let bundle = lab.folder.url("bundle").path
    let plain = try FreePort.take()
    switch software {
    case .nginx:
      try lab.folder.write(
        "bundle/nginx.conf",
        """
        events {}
        http {
          underscores_in_headers on;
          server { listen 127.0.0.1:\(plain); return 200 "mine"; }
          include \(bundle)/sizes.conf;
          include \(bundle)/http.conf;
        }
        """)
    case .haproxy:
      let fragment = String(decoding: try lab.folder.bytes("bundle/frontends.cfg"), as: UTF8.self)
      try lab.folder.write(
        "bundle/haproxy.cfg",
        """
        global
          maxconn 100
        defaults
          mode http
          timeout client 5s
          timeout server 5s
          timeout connect 5s
        frontend mine
          bind 127.0.0.1:\(plain)
          http-request return status 200 content-type text/plain string "mine"

        """ + fragment)
    case .apache:
      let whole = String(decoding: try lab.folder.bytes("bundle/httpd.conf"), as: UTF8.self)
      try lab.folder.write(
        "bundle/httpd.conf",
        """
        Listen 127.0.0.1:\(plain)
        \(whole)
        <VirtualHost 127.0.0.1:\(plain)>
          RewriteEngine On
          RewriteRule ^ - [R=204]
        </VirtualHost>
        """)
    }
    let complaints = try Daemon.complaints(software, in: lab.folder)
    #expect(complaints == "")
    let ports = lab.view.proxy.listeners.map(\.port) + [plain]
    let daemon = try Daemon(software, in: lab.folder, ports: ports)
    defer { daemon.stop() }
    var probe = try lab.probe("app1")
    probe.headers = [["X_SSL_Client_Verify", "forged"]]
    let decision = try lab.send(probe)
    #expect(decision.passed)
    #expect(decision.seen?.headers.contains { $0[1] == "forged" } == false)
    #expect(try lab.send(try lab.probe("revoked")).refused)
  }

  @Test(arguments: ProxiesTests.software)
  func `three tiers of authorities are as good as two`(_ software: ProxySoftware) throws {
    let world = try ProxyWorld.shared.get()
    let issuing = try OpenSSLAuthority([("CN", "Third Tier CA")], issuer: world.edge)
    let leaf = try issuing.issue([("CN", "deep")])
    let lists = try issuing.revocationList()
    let lab = try ProxyLab(
      software, backends: 1,
      change: { view in
        let trust = TrustMaterial(
          issuers: [issuing.name],
          certificates: Array(try OpenSSLAuthority.join(issuing.chain)),
          revocationLists: lists + world.trust.revocationLists.bytes, depth: 3)
        return ProxyView(
          proxy: view.proxy, servers: view.servers, trusts: [try .of("edge-clients"): trust],
          identities: view.identities, refused: view.refused)
      },
      listeners: { ports in
        let route = try ProxyLab.route("/", to: ports[0])
        return [try ProxyLab.listener(port: try FreePort.take(), routes: [route])]
      })
    var deep = try lab.probe()
    deep.certificate = leaf.certificate.path
    deep.key = leaf.key.path
    var bare = deep
    bare.certificate = leaf.bare.path
    // The second tier's own leaves are not this trust bundle's.
    let decisions = try lab.send([deep, bare, try lab.probe("app1"), try lab.probe()])
    #expect(decisions.map(\.passed) == [true, true, false, false])
    #expect(decisions.dropFirst(2).allSatisfy { $0.refused })
  }
}
