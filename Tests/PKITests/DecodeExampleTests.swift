import PKI
import Testing

/// Whole desired states, as people write them.
@Suite struct DecodeExampleTests {
  @Test func `a documented example decodes`() throws {
    let requests = [
      "payments/billing.csr": Result<CertificationRequest, RequestProblem>.success(
        try request("payments/billing.csr", key: 1))
    ]
    let state = try #require(try decode(Examples.documented, requests: requests).state)
    #expect(state.authorities.count == 2)
    #expect(
      state.identities.keys.map(\.text).sorted() == [
        "api", "app1", "app2", "app3", "app4", "payments/billing",
      ])
    let app3 = try #require(state.identities[name("app3")])
    #expect(app3.alternativeNames.map(\.value) == ["spiffe://example.com/app3"])
    #expect(app3.subject.commonName == "app3")
    #expect(app3.hasDefaultCommonName)
    #expect(app3.extendedKeyUsage == [.clientAuth])
    let api = try #require(state.identities[name("api")])
    #expect(
      api.alternativeNames.map(\.description) == [
        "dns:api.example.com", "dns:*.api.example.com", "dns:api.internal", "ip:192.168.1.100",
        "ip:10.0.0.1",
      ])
    let proxy = try #require(state.proxies[name("public-edge")])
    #expect(proxy.listeners.map(\.port) == [443])
    #expect(proxy.listeners.first?.handshake == .optional)
    #expect(state.settings.limits.reissues == .percent(30))
    #expect(state.revocations.map(\.reason) == [.keyCompromise])
  }

  @Test func `an authority renews before the longest lifetime that it issues`() throws {
    let requests = [
      "payments/billing.csr": Result<CertificationRequest, RequestProblem>.success(
        try request("payments/billing.csr", key: 1))
    ]
    let state = try #require(try decode(Examples.documented, requests: requests).state)
    // 365 days, and a third of them; then the 1095 days of the issuing authority before that.
    let edge = Lifetime(seconds: 365 * 86_400 + 365 * 86_400 / 3)
    #expect(try state.renewBefore(of: name("edge")) == edge)
    #expect(try state.renewBefore(of: name("example-root")) == .days(1095) + edge)
    #expect(try state.renewBefore(of: name("api")) == nil)
  }

  @Test func `what the usual openssl guide sets up can be declared`() throws {
    let decoded = try decode(["pki.yaml": Examples.guide])
    #expect(decoded.findings.map(line) == [])
    let state = try #require(decoded.state)
    #expect(state.proxies.count == 3)
    let haproxy = try #require(state.proxies[name("haproxy")])
    #expect(haproxy.listeners.first?.routes.count == 3)
    #expect(haproxy.directory == "/etc/haproxy/certwright/haproxy")
    #expect(state.proxies[try name("nginx")]?.listeners.map(\.port) == [443, 8443])
  }

  @Test func `twenty thousand identities of many documents decode`() throws {
    let documents = (0..<20_000).map { index in
      """
      kind: Client
      name: fleet/\(index / 1000)/unit-\(index)
      issuer: edge
      uris: ["spiffe://example.com/{name}"]
      """
    }
    var files = ["root.yaml": twoAuthorities]
    for start in stride(from: 0, to: documents.count, by: 1000) {
      files["\(start).yaml"] = documents[start..<(start + 1000)].joined(separator: "\n---\n")
    }
    let state = try #require(try decode(files).state)
    #expect(state.identities.count == 20_000)
  }

  @Test func `requests are listed before anything is decoded`() throws {
    let files = try sources([
      "payments/a.yaml": """
      kind: Client
      names: [b, a]
      request: csr/{name}.csr
      ---
      kind: Client
      name: c
      request: ../shared/./c.csr
      ---
      kind: Client
      name: out
      request: ../../etc/passwd
      ---
      just: something
      """
    ])
    #expect(
      DesiredState.requestPaths(in: files) == [
        "payments/csr/a.csr", "payments/csr/b.csr", "shared/c.csr",
      ])
  }

  @Test func `settings of a profile hold where a document says nothing`() throws {
    let state = try #require(
      try decode([
        "a.yaml": twoAuthorities + """
          ---
          kind: Profile
          name: short
          lifetime: 30d
          renewBefore: 7d
          key: rsa-3072
          subject: {organization: Example, organizationalUnit: [A, B], commonName: "{name}.example"}
          rotation: never
          ---
          kind: Server
          name: web
          issuer: edge
          profile: short
          renewBefore: 5d
          subject: {organization: Other}
          dnsNames: ["{name}.Example.COM"]
          """
      ]).state)
    let web = try #require(state.identities[name("web")])
    #expect(web.lifetime == .days(30))
    #expect(web.renewBefore == .days(5))
    #expect(web.key == .managed(.rsa3072))
    #expect(web.keyUsage == [.digitalSignature, .keyEncipherment])
    #expect(web.rotation == .never)
    #expect(web.subject.values(of: .organization) == ["Other"])
    #expect(web.subject.values(of: .organizationalUnit) == ["A", "B"])
    #expect(web.subject.commonName == "web.example")
    #expect(!web.hasDefaultCommonName)
    #expect(web.alternativeNames.map(\.value) == ["web.example.com"])
  }

  @Test func `plain words and numbers are text where text belongs`() throws {
    let state = try #require(
      try decode([
        "a.yaml": """
        kind: Authority
        name: no
        subject: {commonName: 1:30, organization: on, locality: 0123, organizationalUnit: 1e3}
        lifetime: 1000d
        """
      ]).state)
    let authority = try #require(state.authorities[name("no")])
    #expect(
      authority.subject.attributes.map(\.value) == ["0123", "on", "1e3", "1:30"])
  }
}

/// A request for a key that is told from others by one byte.
func request(
  _ file: String, key: UInt8, subject: [UInt8] = [0x30, 0x00],
  names: [SubjectAlternativeName] = []
) throws -> CertificationRequest {
  let id = try #require(KeyID(hex: String(repeating: "ab", count: 19) + Hex.encode([key])))
  return CertificationRequest(
    file: file,
    publicKey: PublicKey(algorithm: .ecdsaP256, subjectPublicKeyInfo: [key], id: id),
    subject: PKI.DistinguishedName(der: subject), alternativeNames: names)
}
