import PKI
import Testing

@Suite struct LintTests {
  private let serial = SerialNumber(random: .init(repeating: 0xa5))

  /// A change of the sample server's specification, one field at a time.
  private func server(
    subject: DistinguishedName = Sample.name("api"),
    authority: CertificateSpec.AuthorityBits? = nil,
    keyUsage: KeyUsage = .digitalSignature, purposes: [ExtendedKeyUsage] = [.serverAuth],
    names: [SubjectAlternativeName] = [Sample.dns("api.example.com")],
    constraints: NameConstraints? = nil, points: [String] = [], lifetime: Lifetime = .days(90)
  ) -> CertificateSpec {
    CertificateSpec(
      subject: subject, authority: authority, keyUsage: keyUsage, extendedKeyUsage: purposes,
      alternativeNames: names, nameConstraints: constraints, distributionPoints: points,
      issuerURLs: [], lifetime: lifetime)
  }

  private func rules(_ spec: CertificateSpec) -> [String] {
    spec.profileViolations.map(\.rule)
  }

  @Test func `a good server, client and authority break no rule`() {
    #expect(rules(server()).isEmpty)
    #expect(rules(server(keyUsage: [.digitalSignature, .keyEncipherment])).isEmpty)
    #expect(rules(server(purposes: [.clientAuth], names: [])).isEmpty)
    #expect(rules(Sample.authority(pathLength: 0)).isEmpty)
  }

  @Test func `each broken rule is named`() {
    func subject(_ field: Subject.Field, _ value: String) -> DistinguishedName {
      DistinguishedName(Subject([.init(field, value)]))
    }
    let cases: [(String, CertificateSpec)] = [
      ("lifetime-is-real", server(lifetime: Lifetime(seconds: 0))),
      ("lifetime-is-real", server(lifetime: Lifetime(seconds: .max))),
      ("subject-is-a-name", server(subject: DistinguishedName(der: [0x30, 1]))),
      ("subject-is-there", server(subject: .empty, purposes: [.clientAuth], names: [])),
      (
        "subject-fits-its-bounds",
        server(subject: Sample.name(String(repeating: "ü", count: 65)))
      ),
      ("subject-fits-its-bounds", server(subject: Sample.name(""))),
      ("country-is-two-letters", server(subject: subject(.country, "us"))),
      ("names-have-no-controls", server(subject: Sample.name("a\u{85}b"))),
      ("servers-have-names", server(names: [])),
      ("names-occur-once", server(names: [Sample.dns("a.b"), Sample.dns("a.b")])),
      ("leaf-is-no-authority", server(keyUsage: [.digitalSignature, .keyCertSign])),
      ("leaf-is-no-authority", server(constraints: NameConstraints())),
      ("leaf-has-purposes", server(purposes: [])),
      ("leaf-has-purposes", server(keyUsage: [])),
      ("purposes-are-explicit", server(purposes: [.serverAuth, .any])),
      ("purposes-are-explicit", server(purposes: [.serverAuth, .init(oid: "3.1")])),
      (
        "key-encipherment-is-for-servers",
        server(keyUsage: [.digitalSignature, .keyEncipherment], purposes: [.clientAuth])
      ),
      ("only-halves-need-agreement", server(keyUsage: [.digitalSignature, .encipherOnly])),
      ("authority-signs-alone", server(authority: .init(pathLength: nil))),
      ("authority-signs-alone", Sample.authority(pathLength: -1)),
      ("locations-are-urls", server(points: ["crl.example.com"])),
      ("locations-are-urls", server(points: ["http://a b"])),
      (
        "constraints-are-well-formed",
        Sample.authority(constraints: NameConstraints(permitted: .init(dnsNames: ["*.a.b"])))
      ),
    ]
    for (rule, spec) in cases {
      #expect(rules(spec).contains(rule), "\(rule): \(rules(spec))")
    }
  }

  @Test(arguments: [
    "", "*", "*.com", "a.*.com", "a*.example.com", "-a.com", "a-.com", "a..b", "a b.c",
    "A.example.com", "ü.example.com", "a.com.", "\u{0}.com",
  ])
  func `a DNS name that no reader should see is refused`(_ name: String) {
    #expect(rules(server(names: [Sample.dns(name)])) == ["names-are-well-formed"])
  }

  @Test func `other names are judged by their kind`() {
    for name in [
      Sample.ip("10.0.0.256"), Sample.ip("2001:DB8::1"), Sample.ip("010.0.0.1"),
      Sample.uri("spiffe:"), Sample.uri("a b:c"), Sample.email("a"), Sample.email("a@b@c"),
      Sample.email("ü@b.c"),
    ] {
      #expect(rules(server(names: [name])) == ["names-are-well-formed"], "\(name)")
    }
    for name in [
      Sample.ip("2001:db8::1"), Sample.uri("spiffe://a/b"), Sample.email("a@b.c"),
      Sample.dns("*.example.com"), Sample.dns("a_b.internal"), Sample.dns("localhost"),
    ] {
      #expect(rules(server(names: [name])).isEmpty, "\(name)")
    }
  }

  // MARK: - The path

  private func chain(
    _ spec: CertificateSpec, _ key: TestKey, under path: [CertificateFacts] = [],
    by issuerKey: TestKey? = nil
  ) throws -> [CertificateFacts] {
    let subject = path.first?.subject ?? spec.subject
    let der = try spec.signed(by: issuerKey ?? key, as: subject, for: key.publicKey)
    return [try CertificateFacts(der)] + path
  }

  private func violations(
    _ spec: CertificateSpec, _ path: [CertificateFacts], for key: PublicKey,
    at time: Timestamp = Sample.now, serial: SerialNumber? = nil
  ) throws -> [String] {
    let issuer = try #require(path.first?.asIssuer)
    do {
      let permit = try spec.permit(
        serial: serial ?? self.serial, notBefore: time, publicKey: key, issuer: issuer,
        path: IssuerPath(path))
      #expect(permit.signer == issuer.publicKey)
      let facts = try CertificateFacts(permit.redeem(signature: [1, 2, 3]))
      #expect(spec.differences(from: facts, issuer: issuer).isEmpty)
      return []
    } catch let error as LintError {
      return error.violations.map(\.rule)
    }
  }

  @Test func `a path limits what may be signed below it`() throws {
    let (rootKey, edgeKey, leafKey) = (
      try TestKey(.rsa2048), try TestKey(), try TestKey().publicKey
    )
    let root = try chain(Sample.authority("Root", pathLength: 1), rootKey)
    let constraints = NameConstraints(permitted: .init(dnsNames: ["example.com"]))
    let edge = try chain(
      Sample.authority("Edge", constraints: constraints, lifetime: .days(100)), edgeKey,
      under: root, by: rootKey)
    #expect(try violations(server(), edge, for: leafKey).isEmpty)
    #expect(
      try violations(server(lifetime: .days(101)), edge, for: leafKey) == ["issuer-outlives"])
    #expect(try violations(server(lifetime: .days(100)), edge, for: leafKey).isEmpty)
    #expect(
      try violations(server(), edge, for: leafKey, at: Sample.now - .days(1))
        == ["issuer-outlives"])
    #expect(
      try violations(server(names: [Sample.dns("a.other.com")]), edge, for: leafKey)
        == ["names-are-inside-constraints"])
    #expect(
      try violations(Sample.authority("Sub", lifetime: .days(1)), edge, for: leafKey)
        == ["path-is-short-enough"])
    #expect(
      try violations(
        server(keyUsage: [.digitalSignature, .keyEncipherment]), edge, for: leafKey)
        == ["key-usage-fits-the-key"])
    #expect(
      try violations(server(), edge, for: edgeKey.publicKey) == ["issuer-is-the-one-meant"])
    #expect(
      try violations(server(), edge, for: leafKey, serial: Sample.serial(1)) == ["serial-is-long"])
    let leaf = try chain(
      server(subject: Sample.name("leaf")), try TestKey(), under: edge, by: edgeKey)
    #expect(try violations(server(), leaf, for: leafKey).contains("issuer-may-sign"))
  }

  @Test func `a root is permitted to sign itself and nothing else without a path`() throws {
    let key = try TestKey()
    let root = Sample.authority("Root")
    let permit = try root.permit(
      serial: serial, notBefore: Sample.now, publicKey: key.publicKey,
      issuer: key.issuer(root.subject), path: nil)
    #expect(permit.signatureAlgorithm == .ecdsaWithSHA256)
    #expect(throws: LintError.self) {
      _ = try root.permit(
        serial: serial, notBefore: Sample.now, publicKey: key.publicKey,
        issuer: key.issuer(Sample.name("Other")), path: nil)
    }
    #expect(throws: LintError.self) {
      _ = try server().permit(
        serial: serial, notBefore: .endOfTime, publicKey: key.publicKey,
        issuer: key.issuer(server().subject), path: nil)
    }
  }

  @Test func `a list that forgets is not permitted`() throws {
    let issuer = try TestKey().issuer(Sample.name("Edge"))
    var first = RevocationListWriter()
    first.append(RevocationEntry(serial: serial, revocationDate: Sample.now, reason: .superseded))
    let spec = RevocationListSpec(
      number: Sample.serial(1), thisUpdate: Sample.now, lifetime: .days(7))
    let permit = try first.permit(spec, issuer: issuer, previous: nil, mayGo: { _ in false })
    let previous = try RevocationListFacts(permit.redeem(signature: [1]))
    let next = RevocationListSpec(
      number: Sample.serial(2), thisUpdate: Sample.now + .days(1), lifetime: .days(7))
    #expect(throws: LintError.self) {
      _ = try RevocationListWriter().permit(
        next, issuer: issuer, previous: previous, mayGo: { _ in false })
    }
    let released = try RevocationListWriter().permit(
      next, issuer: issuer, previous: previous, mayGo: { $0 == serial })
    #expect(try RevocationListFacts(released.redeem(signature: [1])).count == 0)
  }
}
