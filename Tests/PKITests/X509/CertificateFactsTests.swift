import PKI
import Testing

@Suite struct CertificateFactsTests {
  /// A certificate that the openssl command made for itself.
  private func openssl(
    _ key: [String] = ["-newkey", "ed25519"], _ more: [String] = [], extensions: String = ""
  ) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let config =
      "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nO=Old\nCN=imported\n[e]\n"
      + extensions
    try folder.write("req.cnf", Array(config.utf8))
    let made = try OpenSSL.run(
      ["req", "-x509", "-nodes", "-keyout", folder.path("key.pem"), "-config"]
        + [folder.path("req.cnf"), "-out", folder.path("cert.pem"), "-days", "30"] + key
        + (extensions.isEmpty ? [] : ["-extensions", "e"]) + more)
    try #require(made.status == 0, "\(made.text)")
    return try PEM.single(PEM.certificate, in: folder.read("cert.pem"))
  }

  @Test(arguments: [
    (["-newkey", "rsa:2048"], "rsa-2048"), (["-newkey", "rsa:3072"], "rsa-3072"),
    (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "ecdsa-p256"),
    (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "ecdsa-p384"),
    (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"], "ecdsa-p521"),
    (["-newkey", "ed25519"], "ed25519"), (["-newkey", "rsa:1024"], "RSA with 1024 bits"),
    (["-newkey", "ed448"], "algorithm 1.3.101.113"),
    (
      ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "ECDSA on curve 1.3.132.0.10"
    ),
  ])
  func `certificates for every kind of key are read`(
    _ options: [String], _ description: String
  ) throws {
    let facts = try CertificateFacts(openssl(options))
    #expect(facts.subjectPublicKeyInfo.algorithmDescription == description)
    #expect(facts.publicKey?.algorithm == KeyAlgorithm(rawValue: description))
    #expect(facts.subject.openSSLText == "O = Old, CN = imported" && facts.isSelfIssued)
    #expect(facts.lifetime.seconds == 30 * 86_400 + 1)
  }

  @Test func `the key identifier is the truncated SHA-256 of the key's bits`() throws {
    let key = try TestKey()
    let bits = Array(key.publicKey.subjectPublicKeyInfo.suffix(65))
    let hash = try OpenSSL.run(["dgst", "-sha256", "-r"], input: bits).text
    #expect(key.publicKey.id.hex == String(hash.prefix(40)))
    #expect(try KeyID(subjectPublicKeyInfo: key.publicKey.subjectPublicKeyInfo) == key.publicKey.id)
  }

  @Test func `a certificate of version 1 has no extensions and is no authority`() throws {
    let folder = try TemporaryFolder()
    let key = try TestKey()
    try folder.write("req.cnf", Array("[req]\ndistinguished_name=dn\n[dn]\n".utf8))
    try OpenSSL.run([
      "req", "-new", "-key", key.path, "-subj", "/CN=old", "-config", folder.path("req.cnf"),
      "-out", folder.path("req.pem"),
    ])
    let made = try OpenSSL.run([
      "x509", "-req", "-in", folder.path("req.pem"), "-signkey", key.path, "-set_serial", "7",
      "-days", "1",
    ])
    let facts = try CertificateFacts(PEM.single(PEM.certificate, in: made.output.drop(to: "-")))
    #expect(facts.version == 1 && facts.extensions.isEmpty && !facts.isAuthority)
    #expect(facts.keyUsage == nil && facts.serial == Sample.serial(7))
    #expect(facts.asIssuer?.keyIdentifier == key.publicKey.id.bytes)
  }

  @Test func `every extension that openssl writes is read, what has no field is kept as text`()
    throws
  {
    let facts = try CertificateFacts(
      openssl(
        extensions: """
          basicConstraints=critical,CA:TRUE,pathlen:3
          keyUsage=critical,keyCertSign,cRLSign,decipherOnly,keyAgreement
          extendedKeyUsage=serverAuth,1.2.3.4
          subjectKeyIdentifier=hash
          authorityKeyIdentifier=keyid:always,issuer:always
          subjectAltName=DNS:A.b,RID:1.2.3,email:x@y.z,IP:1:2::,dirName:dn
          nameConstraints=critical,permitted;DNS:b.c,excluded;IP:10.0.0.0/255.0.0.0,permitted;dirName:dn
          crlDistributionPoints=cdp
          authorityInfoAccess=OCSP;URI:http://o/,caIssuers;URI:http://i/,caIssuers;DNS:x
          certificatePolicies=1.2.3
          1.2.3.4.5=critical,ASN1:NULL
          [cdp]
          fullname=URI:http://c/,URI:http://d/
          reasons=keyCompromise
          """))
    #expect(facts.isAuthority && facts.pathLength == 3)
    #expect(facts.keyUsage == [.keyCertSign, .cRLSign, .decipherOnly, .keyAgreement])
    #expect(facts.extendedKeyUsage == [.serverAuth, .init(oid: "1.2.3.4")])
    #expect(
      facts.alternativeNames == [Sample.dns("a.b"), Sample.email("x@y.z"), Sample.ip("1:2::")])
    #expect(facts.nameConstraints?.permitted.texts == ["dns b.c"])
    #expect(facts.nameConstraints?.excluded.texts == ["ip 10.0.0.0/8"])
    #expect(facts.distributionPoints == ["http://c/"])
    #expect(facts.ocspURLs == ["http://o/"] && facts.issuerURLs == ["http://i/"])
    #expect(facts.unknownCriticalExtensions.map(\.description) == ["1.2.3.4.5"])
    #expect(facts.subjectKeyIdentifier == facts.authorityKeyIdentifier)
    let others = facts.values.others.map { $0.prefix { $0 != "(" }.prefix(40) }
    #expect(
      Set(facts.values.others.map { String($0.prefix { $0 != ":" }) }) == [
        "authorityKeyIdentifier", "subjectAltName", "nameConstraints", "cRLDistributionPoints",
        "authorityInfoAccess",
      ], "\(others)")
  }

  @Test func `the fingerprint is the one that openssl prints`() throws {
    let der = try openssl()
    let printed = try OpenSSL.run(
      ["x509", "-inform", "DER", "-noout", "-fingerprint", "-sha256"], input: der
    ).text
    let digits = printed.drop { $0 != "=" }.dropFirst().dropLast().replacing(":", with: "")
    #expect(try CertificateFacts(der).fingerprint == digits.lowercased())
  }

  @Test func `random specifications come back without a difference`() throws {
    var random = Seeded(11)
    let key = PublicKey(
      algorithm: .ecdsaP256, subjectPublicKeyInfo: try TestKey().publicKey.subjectPublicKeyInfo,
      id: try TestKey().publicKey.id)
    let real = try PublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo)
    for _ in 0..<400 {
      let spec = RandomSpec.make(&random)
      let other = RandomSpec.make(&random)
      let issuer = CertificateIssuer(
        subject: other.subject, keyIdentifier: real.id.bytes, publicKey: real)
      let serial = SerialNumber(random: .init { _ in UInt8.random(in: 0...255, using: &random) })
      let notBefore = Timestamp(seconds: Int.random(in: 0...4_000_000_000, using: &random))
      let bytes = spec.toBeSigned(
        serial: serial, notBefore: notBefore, publicKey: real, issuer: issuer)
      let facts = try CertificateFacts(
        SignedObject.assemble(bytes, .ecdsaWithSHA256, signature: [1, 2]))
      #expect(spec.differences(from: facts, issuer: issuer).isEmpty)
      #expect(facts.serial == serial && facts.notBefore == notBefore && facts.publicKey == real)
      #expect(Array(facts.toBeSigned) == bytes && Array(facts.signature) == [1, 2])
      // Another specification is never taken for this one.
      #expect(spec == other || !other.differences(from: facts).isEmpty || spec.isLike(other))
    }
  }

  @Test func `each field that differs is named`() throws {
    let key = try TestKey()
    let facts = try CertificateFacts(
      Sample.server().signed(by: key, as: Sample.name("Root")))
    func fields(_ spec: CertificateSpec) -> [FieldDifference.Field] {
      spec.differences(from: facts).map(\.field)
    }
    #expect(fields(Sample.server("other")) == [.subject])
    #expect(fields(Sample.server(names: [Sample.dns("b.c"), Sample.ip("::1")])).count == 2)
    #expect(fields(Sample.server(lifetime: Lifetime(seconds: 90 * 86_400 - 1))) == [.lifetime])
    #expect(fields(Sample.server(keyUsage: .keyAgreement)) == [.keyUsage])
    #expect(
      Set(fields(Sample.authority("api", lifetime: .days(90)))) == [
        .basicConstraints, .keyUsage, .extendedKeyUsage, .dnsNames, .distributionPoints,
        .issuerUrl, .extensions,
      ])
    let stranger = try TestKey(.ed25519).issuer(Sample.name("Stranger"))
    #expect(
      Sample.server().differences(from: facts, issuer: stranger).map(\.field) == [
        .issuer, .authorityKeyIdentifier, .signatureAlgorithm,
      ])
  }

  @Test func `a subject with other string types differs in encoding alone`() throws {
    let key = try TestKey()
    let folder = try TemporaryFolder()
    try folder.write("req.cnf", Array("[req]\ndistinguished_name=dn\n[dn]\n".utf8))
    let made = try OpenSSL.run([
      "req", "-x509", "-key", key.path, "-subj", "/C=US/O=Example, Inc/CN=api", "-config",
      folder.path("req.cnf"), "-outform", "DER",
    ])
    let facts = try CertificateFacts(made.output)
    let fields = Sample.server("api").differences(from: facts).map(\.field)
    // openssl req writes UTF8String for these too, so the encodings agree.
    #expect(!fields.contains(.subject) && !fields.contains(.subjectEncoding))
    var writer = DERWriter()
    writer.sequence { name in
      for (type, value) in [
        (OID.country, "US"), (.organization, "Example, Inc"), (.commonName, "api"),
      ] {
        name.constructed(.set) { set in
          set.sequence { attribute in
            attribute.objectIdentifier(type)
            attribute.primitive(.printableString, value.utf8)
          }
        }
      }
    }
    let spec = Sample.server("api")
    let printable = CertificateSpec(
      subject: DistinguishedName(der: writer.bytes), authority: nil, keyUsage: spec.keyUsage,
      extendedKeyUsage: spec.extendedKeyUsage, alternativeNames: spec.alternativeNames,
      nameConstraints: nil, distributionPoints: spec.distributionPoints,
      issuerURLs: spec.issuerURLs, lifetime: spec.lifetime)
    let imported = try CertificateFacts(printable.signed(by: key, as: Sample.name("Root")))
    #expect(spec.differences(from: imported).map(\.field) == [.subjectEncoding])
  }
}

extension [UInt8] {
  /// What begins at the first occurrence of a character: openssl says more before its PEM.
  func drop(to character: Character) -> [UInt8] {
    Array(drop { $0 != character.asciiValue })
  }
}

/// Specifications of every shape, from a seed.
enum RandomSpec {
  static func make(_ random: inout Seeded) -> CertificateSpec {
    let isAuthority = Bool.random(using: &random)
    let length = Bool.random(using: &random) ? Int.random(in: 0...300, using: &random) : nil
    return CertificateSpec(
      subject: DistinguishedName(
        Subject(
          Subject.Field.allCases.filter { _ in Bool.random(using: &random) }.map {
            .init($0, $0 == .country ? "DE" : text(&random))
          })),
      authority: isAuthority ? .init(pathLength: length) : nil,
      keyUsage: KeyUsage(rawValue: UInt16.random(in: 0...511, using: &random)),
      extendedKeyUsage: [.serverAuth, .clientAuth, .init(oid: "1.3.6.1.4.1.99999.7")].filter {
        _ in Bool.random(using: &random)
      },
      alternativeNames: names(&random), nameConstraints: constraints(&random),
      distributionPoints: (0..<Int.random(in: 0...2, using: &random)).map { "http://c/\($0)" },
      issuerURLs: (0..<Int.random(in: 0...2, using: &random)).map { "http://i/\($0)" },
      lifetime: Lifetime(seconds: Int.random(in: 1...400_000_000, using: &random)))
  }

  private static func text(_ random: inout Seeded) -> String {
    let alphabet = Array("abcXYZ019 -.,+=#")
    return "x"
      + String(
        (0..<Int.random(in: 0...70, using: &random)).map { _ in
          alphabet[Int.random(in: alphabet.indices, using: &random)]
        })
  }

  private static func names(_ random: inout Seeded) -> [SubjectAlternativeName] {
    [
      Sample.dns("a.example.com"), Sample.dns("*.b.c"), Sample.ip("10.1.2.3"), Sample.ip("::"),
      Sample.ip("2001:db8::1:0:0:1"), Sample.ip("::ffff:1.2.3.4"), Sample.uri("spiffe://a/b"),
      Sample.email("a@b.c"), Sample.ip("1:0:0:2::"), Sample.ip("fe80::1"),
    ].filter { _ in Bool.random(using: &random) }
  }

  private static func constraints(_ random: inout Seeded) -> NameConstraints? {
    guard Bool.random(using: &random) else { return nil }
    let prefix = Int.random(in: 0...32, using: &random)
    let range = IPAddress(bytes: [10, 0, 0, 0]).flatMap {
      IPRange(address: $0, prefixLength: prefix)
    }
    return NameConstraints(
      permitted: .init(dnsNames: ["example.com"], ipRanges: [range].compactMap(\.self)),
      excluded: Bool.random(using: &random)
        ? .init() : .init(uriDomains: [".b"], emailAddresses: ["a@b"]))
  }
}

extension CertificateSpec {
  /// Whether two specifications differ only in the order of lists whose order means nothing.
  func isLike(_ other: CertificateSpec) -> Bool {
    subject == other.subject && authority == other.authority && keyUsage == other.keyUsage
      && lifetime == other.lifetime && Set(alternativeNames) == Set(other.alternativeNames)
  }
}
