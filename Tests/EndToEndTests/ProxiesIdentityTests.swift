import Foundation
import PKI
import Testing

/// What backends are told about the client, and whom a proxy takes a client for.
@Suite(.serialized) struct ProxiesIdentityTests {
  static let names = [
    "X-SSL-Client-Verify", "X-SSL-Client-Subject", "X-SSL-Client-Issuer", "X-SSL-Client-Serial",
    "X-SSL-Client-Fingerprint", "X-SSL-Client-CN", "X-SSL-Client-Cert", "SSL-Client-Cert",
    "SSL-Client-Verify", "SSL-Client-Subject", "SSL-Client-S-DN", "X-Client-CN", "X-Client-DN",
    "Client-Cert", "Client-Cert-Chain", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded",
    "X-Forwarded-Host", "X-Real-IP", "X-Forwarded-Client-Cert",
  ]

  static var forged: [[String]] {
    names.flatMap { name in
      [name, name.replacing("-", with: "_"), name.lowercased(), name.uppercased()].map {
        [$0, "forged"]
      }
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `backends are told who the client is, in the same words by every proxy`(
    _ software: ProxySoftware
  ) throws {
    let lab = try ProxiesTests.lab(software)
    for version in Probe.Version.allCases {
      for client in ["app1", "billing"] {
        var probe = try lab.probe(client)
        probe.version = version
        probe.headers = Self.forged
        let seen = try #require(try lab.send(probe).seen)
        let leaf = try lab.world.client(client)
        let der = try Tool.check([
          "sh", "-c", "openssl x509 -in \(leaf.bare.path) -outform DER | base64 -w0",
        ])
        #expect(seen.values("Client-Cert") == [":\(der):"])
        #expect(seen.values("X-SSL-Client-Verify") == ["SUCCESS"])
        #expect(seen.values("X-SSL-Client-Subject") == ["CN=\(client),O=Example,C=US"])
        #expect(seen.values("X-SSL-Client-Issuer") == ["CN=Example Edge CA,O=Example,C=US"])
        #expect(seen.values("X-SSL-Client-Serial") == [leaf.serial.description.uppercased()])
        #expect(seen.values("X-Forwarded-For") == ["127.0.0.1"])
        #expect(seen.values("X-Forwarded-Proto") == ["https"])
        #expect(seen.values("X-Forwarded-Host") == ["api.example.com"])
        #expect(seen.values("Host") == ["api.example.com"])
        #expect(!seen.headers.contains { $0[1].contains("forged") }, "\(seen.headers)")
      }
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `a client that is not identified is nobody, whatever it claims`(_ software: ProxySoftware)
    throws
  {
    let lab = try ProxiesTests.lab(software)
    var probes = [
      try lab.probe(nil, "/open"), try lab.probe("app1", "/open"), try lab.probe(nil, "/optional"),
      try lab.probe(nil, "/", listener: 2), try lab.probe("app1", "/", listener: 2),
    ]
    for index in probes.indices { probes[index].headers = Self.forged }
    for decision in try lab.send(probes) {
      let seen = try #require(decision.seen)
      #expect(seen.values("X-SSL-Client-Verify") == ["NONE"])
      for name in ["Client-Cert", "X-SSL-Client-Subject", "X-SSL-Client-Serial"] {
        #expect(seen.values(name) == [])
      }
      #expect(!seen.headers.contains { $0[1].contains("forged") }, "\(seen.headers)")
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `a client cannot have the proxy's headers dropped on the way`(_ software: ProxySoftware)
    throws
  {
    let lab = try ProxiesTests.lab(software)
    var probe = try lab.probe("app1")
    probe.headers = [
      ["Connection", "close, X-SSL-Client-Verify, Client-Cert, X-SSL-Client-Subject"],
      ["Connection", "X-Forwarded-For, X-SSL-Client-Serial"], ["Keep-Alive", "Client-Cert"],
    ]
    let seen = try #require(try lab.send(probe).seen)
    let names = [
      "X-SSL-Client-Verify", "Client-Cert", "X-SSL-Client-Subject", "X-Forwarded-For",
      "X-SSL-Client-Serial",
    ]
    for name in names { #expect(seen.values(name).count == 1, "\(name): \(seen.headers)") }
  }

  @Test func `names are printed as OpenSSL prints them`() throws {
    let edge = try ProxyWorld.shared.get().edge
    let subject = PrintedName.labels.values.sorted().map { label in
      (label, label == "C" ? "DE" : label == "dnQualifier" ? "plain" : " \(label)+#")
    }
    let fixed = subject.map { label, value in
      (label, ["DC", "emailAddress", "serialNumber"].contains(label) ? "plain" : value)
    }
    let leaf = try edge.issue(fixed)
    for (option, form) in [("RFC2253", PrintedName.Form.escaped), ("RFC2253,-esc_msb", .utf8)] {
      let text = try Tool.check([
        "openssl", "x509", "-in", leaf.bare.path, "-noout", "-subject", "-nameopt", option,
      ])
      #expect(text == "subject=\(leaf.name.text(form) ?? "")\n")
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `only the server's own names and addresses are served`(_ software: ProxySoftware) throws {
    let lab = try ProxiesTests.lab(software)
    func probe(_ serverName: String?, _ host: String?) throws -> Probe {
      var probe = try lab.probe("app1")
      probe.serverName = serverName
      probe.host = host
      return probe
    }
    let port = lab.view.proxy.listeners[0].port
    let served = try [
      probe("api.example.com", "api.example.com"), probe("api.example.com", "API.Example.com"),
      probe("api.example.com", "api.example.com:\(port)"), probe(nil, "127.0.0.1:\(port)"),
      probe(nil, "127.0.0.1"), probe(nil, "api.example.com"),
      probe("x.apps.example.com", "x.apps.example.com"),
    ]
    let refused = try [
      probe("evil.example.com", "api.example.com"), probe("api.example.com", "evil.example.com"),
      probe(nil, "evil.example.com"), probe(nil, "127.0.0.2"), probe(nil, "apiXexample.com"),
      probe("x.y.apps.example.com", "x.y.apps.example.com"),
      probe("api.example.com", "api.example.com.evil.com"),
      probe("api.example.com", "apps.example.com"),
    ]
    for (probe, decision) in zip(served, try lab.send(served)) {
      #expect(decision.passed, "\(probe): \(decision)")
    }
    for (probe, decision) in zip(refused, try lab.send(refused)) {
      #expect(decision.refused, "\(probe): \(decision)")
      #expect([nil, 400, 421].contains(decision.status), "\(probe): \(decision)")
    }
  }

  typealias Subject = [(String, String)]

  /// Subjects that are allowed, full of what configuration languages and RFC 2253 give a meaning.
  static let hostile: [Subject] =
    [
      "admin\"; return 200; #", "$ssl_client_s_dn", "${HOME}%{ENV:X}", "{curly} }{", "a;b", "a\nb",
      "a\r\n  b", "#hash", "a#b", "back\\slash", "\\", "tail\\", "Zoë Müller", "日本語", " lead",
      "tail ",
      " ", "a  b", "a,b+c=d<e>f", "it's", "%20", "a|b", "*", "~^.*$", "CN=root", "x/CN=root",
      "x,CN=root", "x\tb", "🔑", "#", "quo\"te", "^a.*", "yes", "a:b@c", "[a-z]", "\u{7f}",
      "é" + "e\u{301}",
    ].map { [("O", "Example"), ("CN", $0)] } + [
      [("O", "Example"), ("OU", "one"), ("OU", "two"), ("CN", "units")],
      [("O", "Example"), ("OU", "CN=unit"), ("CN", "x")],
      [("O", "Example"), ("CN", "first"), ("CN", "second")],
      [("O", "Example"), ("CN", "mail"), ("emailAddress", "mail@example.com")],
      [("DC", "com"), ("DC", "example"), ("UID", "u1"), ("CN", "ldap")],
      [("C", "US"), ("ST", "Here"), ("L", "There"), ("O", "Ex, Inc."), ("CN", "full")],
      [("CN", "Mixed")], [("CN", "MIXED")],
    ]

  /// Subjects that nobody allowed, each close to one that is.
  static let near: [Subject] =
    [
      "root", "ADMIN\"; RETURN 200; #", "HASH", "hash", "lead", "tail", "ab", "a b", "a\\0Ab",
      "back\\\\slash", "backslash", "IT'S", "anything", "Zoe Müller", "ZOË MÜLLER", "a", "aa", "no",
      "\\#hash", "éé", "Yes", "a.*",
    ].map { [("O", "Example"), ("CN", $0)] } + [
      [("O", "Example"), ("OU", "two"), ("OU", "one"), ("CN", "units")],
      [("O", "Example"), ("OU", "one"), ("CN", "units")],
      [("O", "Example"), ("CN", "second"), ("CN", "first")], [("O", "Example"), ("CN", "first")],
      [("O", "Example"), ("OU", "CN=root"), ("CN", "x")],
      [("CN", "full"), ("O", "Ex, Inc."), ("L", "There"), ("ST", "Here"), ("C", "US")],
      [("O", "Ex"), ("O", "Inc."), ("CN", "full")], [("CN", "mixed")],
      [("O", "Example"), ("CN", "mail")],
    ]

  /// The certificates of both, made once.
  static let leaves = Result {
    let world = try ProxyWorld.shared.get()
    let key = try world.client("app1").key
    return (
      allowed: try hostile.map { try world.edge.issue($0, key: key) },
      refused: try near.map { try world.edge.issue($0, key: key) }
    )
  }

  @Test(arguments: ProxiesTests.software)
  func `an allow list holds its subjects exactly, however hostile and however long the list`(
    _ software: ProxySoftware
  ) throws {
    let edge = try ProxyWorld.shared.get().edge
    let (allowed, refused) = try Self.leaves.get()
    let fillers = (0..<10_000).map { number in
      PrintedName([(oid: "2.5.4.10", value: "Example"), (oid: "2.5.4.3", value: "app-\(number)")])
    }
    func certificates(_ names: [PrintedName]) -> [AcceptedCertificate] {
      names.map { AcceptedCertificate(issuer: edge.name, subject: $0) }
    }
    let lab = try ProxyLab(
      software,
      change: { view in
        var identities = view.identities
        identities[try .of("hostile")] = certificates(allowed.map(\.name))
        identities[try .of("fillers")] = certificates(fillers)
        return ProxyView(
          proxy: view.proxy, servers: view.servers, trusts: view.trusts, identities: identities,
          refused: view.refused)
      },
      listeners: { ports in
        [
          try ProxyLab.listener(
            port: try FreePort.take(), allow: ["hostile"],
            routes: [
              try ProxyLab.route("/", to: ports[0]),
              try ProxyLab.route("/long", to: ports[1], allow: ["fillers", "hostile"]),
            ])
        ]
      })
    #expect(try Daemon.complaints(software, in: lab.folder) == "")
    var probes: [(Probe, PrintedName, Bool)] = []
    for target in ["/", "/long"] {
      for (leaf, passes) in allowed.map({ ($0, true) }) + refused.map({ ($0, false) }) {
        var probe = try lab.probe(nil, target)
        probe.certificate = leaf.certificate.path
        probe.key = leaf.key.path
        probes.append((probe, leaf.name, passes))
      }
    }
    let form: PrintedName.Form = software == .apache ? .utf8 : .escaped
    for ((probe, name, passes), decision) in zip(probes, try lab.send(probes.map(\.0))) {
      #expect(passes ? decision.passed : decision.refused, "\(name) \(probe.target): \(decision)")
      guard passes, let seen = decision.seen else { continue }
      #expect(seen.values("X-SSL-Client-Subject") == [name.text(form)], "\(name)")
    }
  }
}
