import PKI
import Testing

@Suite struct NameConstraintsTests {
  private func refused(
    _ constraints: NameConstraints, _ names: [SubjectAlternativeName] = [],
    commonName: String? = nil, mails: [String] = []
  ) -> Bool {
    !constraints.violations(by: names, commonName: commonName, emailAddresses: mails).isEmpty
  }

  @Test func `a wildcard that could match an excluded name is refused`() {
    let excluded = NameConstraints(excluded: .init(dnsNames: ["secret.example.com"]))
    for (name, isRefused) in [
      ("secret.example.com", true), ("a.secret.example.com", true), ("*.example.com", true),
      ("*.secret.example.com", true), ("*.a.secret.example.com", true), ("*.com", false),
      ("a.example.com", false), ("*.a.example.com", false), ("xsecret.example.com", false),
    ] {
      #expect(refused(excluded, [Sample.dns(name)]) == isRefused, "\(name)")
    }
    let below = NameConstraints(excluded: .init(dnsNames: [".example.com"]))
    #expect(refused(below, [Sample.dns("*.example.com")]))
    #expect(!refused(below, [Sample.dns("example.com")]))
    let deep = NameConstraints(excluded: .init(dnsNames: ["a.b.example.com"]))
    #expect(!refused(deep, [Sample.dns("*.example.com")]))
  }

  @Test func `a common name counts as a DNS name only without DNS names beside it`() {
    let permitted = NameConstraints(permitted: .init(dnsNames: ["example.com"]))
    #expect(refused(permitted, commonName: "api.other.com"))
    #expect(refused(permitted, [Sample.ip("10.0.0.1")], commonName: "api.other.com"))
    #expect(!refused(permitted, [Sample.dns("a.example.com")], commonName: "api.other.com"))
    for plain in ["billing", "Jane Doe", "a..b", "-a.b", "a-.b", "a.b-", "v1.2 beta", ".a"] {
      #expect(!refused(permitted, commonName: plain), "\(plain)")
    }
  }

  @Test func `a constraint on one kind says nothing of the others`() {
    let dns = NameConstraints(permitted: .init(dnsNames: ["example.com"]))
    #expect(
      !refused(
        dns, [Sample.ip("10.0.0.1"), Sample.uri("urn:x:y"), Sample.email("a@b.c")],
        mails: ["x@y.z"]))
    let ip = NameConstraints(
      permitted: .init(ipRanges: [Self.range("10.0.0.0", 8)].compactMap(\.self)))
    #expect(refused(ip, [Sample.ip("::1")]) && refused(ip, [Sample.ip("11.0.0.1")]))
    #expect(!refused(ip, [Sample.ip("10.255.0.1"), Sample.dns("a.b")]))
  }

  private static func range(_ address: String, _ prefix: Int) -> IPRange? {
    let bytes = address.split(separator: ".").compactMap { UInt8($0) }
    return IPAddress(bytes: bytes).flatMap { IPRange(address: $0, prefixLength: prefix) }
  }

  /// Every pair of a constraint and a name below is put to `openssl verify` too.
  private static let table: [(constraint: String, names: [String])] = [
    (
      "DNS:example.com",
      ["DNS:example.com", "DNS:a.example.com", "DNS:aexample.com", "DNS:com", "URI:http://x.y/"]
    ),
    ("DNS:.example.com", ["DNS:example.com", "DNS:a.example.com"]),
    ("URI:example.com", ["URI:http://example.com/a", "URI:http://example.com:80/", "URI:urn:a:b"]),
    ("URI:example.com", ["URI:http://a.example.com", "URI:http://EXAMPLE.com"]),
    ("URI:.example.com", ["URI:http://a.example.com/", "URI:http://example.com/"]),
    ("email:example.com", ["email:a@example.com", "email:a@b.example.com", "email:a@EXAMPLE.com"]),
    ("email:.example.com", ["email:a@example.com", "email:a@b.example.com"]),
    ("email:a@example.com", ["email:a@example.com", "email:A@example.com", "email:b@example.com"]),
    ("IP:10.0.0.0/255.0.0.0", ["IP:10.1.2.3", "IP:11.1.2.3", "IP:::1"]),
  ]

  private static func name(_ text: String) -> SubjectAlternativeName {
    let value = String(text.drop { $0 != ":" }.dropFirst())
    switch text.prefix(while: { $0 != ":" }) {
    case "DNS": return Sample.dns(value)
    case "IP": return Sample.ip(value)
    case "URI": return Sample.uri(value)
    default: return Sample.email(value)
    }
  }

  private static func subtrees(_ text: String) -> NameConstraints.Subtrees {
    let name = name(text)
    return switch name.kind {
    case .dns: .init(dnsNames: [name.value])
    case .ip: .init(ipRanges: [range("10.0.0.0", 8)].compactMap(\.self))
    case .uri: .init(uriDomains: [name.value])
    case .email: .init(emailAddresses: [name.value])
    }
  }

  @Test(arguments: [true, false])
  func `openssl judges every name as it is judged here`(_ isPermitted: Bool) throws {
    let (rootKey, leafKey, folder) = (try TestKey(), try TestKey(), try TemporaryFolder())
    for (constraint, names) in Self.table {
      let subtrees = Self.subtrees(constraint)
      let constraints =
        isPermitted ? NameConstraints(permitted: subtrees) : NameConstraints(excluded: subtrees)
      let root = Sample.authority("Root")
      let edge = Sample.authority("Edge", constraints: constraints)
      try folder.write(
        "root.pem", PEM.encode(PEM.certificate, root.signed(by: rootKey, as: root.subject)))
      try folder.write(
        "edge.pem",
        PEM.encode(
          PEM.certificate, edge.signed(by: rootKey, as: root.subject, for: rootKey.publicKey)))
      let facts = try CertificateFacts(
        PEM.single(PEM.certificate, in: folder.read("edge.pem")))
      #expect(facts.nameConstraints == constraints)
      for name in names {
        let leaf = Sample.server("leaf", names: [Self.name(name)])
        try folder.write(
          "leaf.pem",
          PEM.encode(
            PEM.certificate,
            leaf.signed(by: rootKey, as: edge.subject, for: leafKey.publicKey)))
        let verified = try OpenSSL.run([
          "verify", "-attime", String(Sample.now.seconds), "-CAfile", folder.path("root.pem"),
          "-untrusted", folder.path("edge.pem"), folder.path("leaf.pem"),
        ])
        #expect(
          leaf.violations(of: constraints).isEmpty == (verified.status == 0),
          "\(name) under \(constraint): \(verified.text)")
      }
    }
  }
}
