import PKI
import Testing

@Suite struct RevocationListTests {
  private func spec(_ number: Int, at time: Timestamp = Sample.now) -> RevocationListSpec {
    RevocationListSpec(number: Sample.serial(number), thisUpdate: time, lifetime: .days(7))
  }

  private func list(
    _ entries: [RevocationEntry], _ number: Int = 1, at time: Timestamp = Sample.now,
    by key: PublicKey
  ) throws -> RevocationListFacts {
    var writer = RevocationListWriter()
    for entry in entries { writer.append(entry) }
    let issuer = CertificateIssuer(
      subject: Sample.name("Edge"), keyIdentifier: key.id.bytes, publicKey: key)
    let bytes = writer.toBeSigned(spec(number, at: time), issuer: issuer)
    return try RevocationListFacts(
      SignedObject.assemble(
        bytes, SignatureAlgorithm(for: key.algorithm), signature: [1, 2, 3]))
  }

  private func entry(
    _ serial: Int, _ reason: RevocationReason = .unspecified, at time: Timestamp = Sample.now
  ) -> RevocationEntry {
    RevocationEntry(serial: Sample.serial(serial), revocationDate: time, reason: reason)
  }

  /// A key that nobody signs with.
  private static let publicKey = PublicKey(
    algorithm: .ecdsaP256, subjectPublicKeyInfo: [0x30, 0],
    id: KeyID(sha256: [UInt8](repeating: 9, count: 32)))

  @Test(arguments: [KeyAlgorithm.rsa2048, .ecdsaP256, .ed25519])
  func `openssl verifies a list and prints its entries`(_ algorithm: KeyAlgorithm) throws {
    let key = try TestKey(algorithm)
    let root = Sample.authority("Edge")
    let folder = try TemporaryFolder()
    try folder.write(
      "root.pem",
      PEM.encode(PEM.certificate, root.signed(by: key, as: root.subject)))
    var writer = RevocationListWriter()
    let past = Sample.now - .days(3)
    writer.append(entry(1, .keyCompromise, at: past))
    writer.append(entry(0x80, at: past))
    writer.append(entry(0x1234, .certificateHold))
    let bytes = writer.toBeSigned(spec(0x2a), issuer: key.issuer(root.subject))
    let der = SignedObject.assemble(
      bytes, SignatureAlgorithm(for: algorithm), signature: try key.sign(bytes))
    try folder.write("crl.pem", PEM.encode(PEM.revocationList, der))
    let result = try OpenSSL.run([
      "crl", "-in", folder.path("crl.pem"), "-noout", "-text", "-CAfile", folder.path("root.pem"),
    ])
    for line in [
      "verify OK", "Version 2 (0x1)", "X509v3 CRL Number: \n                42",
      "Serial Number: 01\n        Revocation Date: Nov 20 15:00:00 2026 GMT\n"
        + "        CRL entry extensions:\n            X509v3 CRL Reason Code: \n"
        + "                Key Compromise",
      "Serial Number: 80\n        Revocation Date: Nov 20 15:00:00 2026 GMT\n    Serial Number: 1234",
      "Certificate Hold", "Last Update: Nov 23 15:00:00 2026 GMT",
      "Next Update: Nov 30 14:59:59 2026 GMT", "X509v3 Authority Key Identifier",
    ] {
      #expect(result.text.contains(line), "\(line) in \(result.text)")
    }
    let facts = try RevocationListFacts(der)
    #expect(facts.entries.map(\.reason) == [.keyCompromise, .unspecified, .certificateHold])
    #expect(facts.entries.map(\.serial) == [1, 0x80, 0x1234].map(Sample.serial))
    #expect(facts.entry(for: Sample.serial(0x80))?.revocationDate == past)
    #expect(facts.entry(for: Sample.serial(2)) == nil)
    #expect(facts.number == Sample.serial(0x2a))
    #expect(facts.lifetime == .days(7))
    #expect(facts.authorityKeyIdentifier == key.publicKey.id.bytes)
    #expect(facts.problems.isEmpty)
  }

  @Test func `a leaf is refused by openssl once it stands in the list`() throws {
    let key = try TestKey()
    let root = Sample.authority("Edge")
    let folder = try TemporaryFolder()
    let serial = SerialNumber(random: .init(repeating: 0xfe))
    try folder.write(
      "root.pem", PEM.encode(PEM.certificate, root.signed(by: key, as: root.subject)))
    try folder.write(
      "leaf.pem",
      PEM.encode(
        PEM.certificate, Sample.server().signed(by: key, as: root.subject, serial: serial)))
    var writer = RevocationListWriter()
    writer.append(
      RevocationEntry(serial: serial, revocationDate: Sample.now, reason: .superseded))
    let bytes = writer.toBeSigned(spec(1), issuer: key.issuer(root.subject))
    let der = SignedObject.assemble(
      bytes, .ecdsaWithSHA256, signature: try key.sign(bytes))
    try folder.write("crl.pem", PEM.encode(PEM.revocationList, der))
    let result = try OpenSSL.run([
      "verify", "-crl_check", "-attime", String(Sample.now.seconds), "-CAfile",
      folder.path("root.pem"), "-CRLfile", folder.path("crl.pem"), folder.path("leaf.pem"),
    ])
    #expect(result.text.contains("certificate revoked"), "\(result.text)")
  }

  @Test func `an empty list has no revokedCertificates and openssl says so`() throws {
    let facts = try list([], by: Self.publicKey)
    #expect(facts.count == 0 && facts.entries.isEmpty)
    let text = try OpenSSL.run(["crl", "-inform", "DER", "-noout", "-text"], input: facts.der).text
    #expect(text.contains("No Revoked Certificates."))
  }

  @Test func `a list that openssl ca made is read`() throws {
    let folder = try TemporaryFolder()
    let key = try TestKey()
    let root = Sample.authority("Edge")
    try folder.write(
      "ca.pem", PEM.encode(PEM.certificate, root.signed(by: key, as: root.subject)))
    let config = """
      [ca]
      default_ca=d
      [d]
      database=\(folder.path("index.txt"))
      crlnumber=\(folder.path("crlnumber"))
      default_md=sha256
      default_crl_days=30
      crl_extensions=e
      [e]
      authorityKeyIdentifier=keyid:always
      """
    try folder.write("ca.cnf", Array(config.utf8))
    try folder.write("crlnumber", Array("1000\n".utf8))
    let index =
      "R\t300101000000Z\t260101000000Z,keyCompromise\t1001\tunknown\t/CN=a\n"
      + "R\t300101000000Z\t260102000000Z\tFF00\tunknown\t/CN=b\n"
    try folder.write("index.txt", Array(index.utf8))
    let made = try OpenSSL.run([
      "ca", "-config", folder.path("ca.cnf"), "-gencrl", "-keyfile", key.path, "-cert",
      folder.path("ca.pem"), "-out", folder.path("crl.pem"),
    ])
    #expect(made.status == 0, "\(made.text)")
    let facts = try RevocationListFacts(
      PEM.single(PEM.revocationList, in: folder.read("crl.pem")))
    #expect(facts.number == Sample.serial(0x1000))
    #expect(facts.entries.map(\.serial) == [Sample.serial(0x1001), Sample.serial(0xff00)])
    #expect(facts.entries.first?.reason == .keyCompromise)
    #expect(facts.problems.isEmpty)
  }

  @Test func `a serial that is there twice and a date in the future are problems`() throws {
    let late = Sample.now + .days(1)
    let facts = try list(
      [entry(5), entry(3), entry(5), entry(7, at: late)], by: Self.publicKey)
    #expect(
      facts.problems == [
        .serialTwice(Sample.serial(5)), .revokedAfterThisUpdate(Sample.serial(7), late),
      ])
  }

  @Test func `a list never forgets, and its number and time rise`() throws {
    let previous = try list([entry(1), entry(0x300), entry(2)], 5, by: Self.publicKey)
    let later = Sample.now + .days(1)
    func violations(
      _ serials: [Int], _ number: Int, at time: Timestamp, mayGo: Set<SerialNumber> = []
    ) throws -> [RevocationListViolation] {
      RevocationListRules.violations(
        next: try list(serials.map { entry($0) }, number, at: time, by: Self.publicKey),
        previous: previous, mayGo: mayGo.contains)
    }
    #expect(try violations([2, 1, 0x300, 9], 6, at: later).isEmpty)
    #expect(try violations([1, 0x300], 6, at: later) == [.forgotten(Sample.serial(2))])
    #expect(try violations([1, 0x300], 6, at: later, mayGo: [Sample.serial(2)]).isEmpty)
    #expect(try violations([], 6, at: later).count == 3)
    #expect(
      try violations([1, 2, 0x300], 5, at: later) == [
        .numberNotHigher(previous: Sample.serial(5), next: Sample.serial(5))
      ])
    #expect(
      try violations([1, 2, 0x300], 6, at: Sample.now) == [
        .thisUpdateNotLater(previous: Sample.now, next: Sample.now)
      ])
  }

  @Test func `random lists are read as they were written`() throws {
    var random = Seeded(7)
    for _ in 0..<20 {
      var entries: [RevocationEntry] = []
      for _ in 0..<Int.random(in: 0...300, using: &random) {
        let bytes = (0..<Int.random(in: 1...19, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        guard let serial = SerialNumber(magnitude: bytes) else { continue }
        let reason = RevocationReason.allCases.randomElement(using: &random) ?? .unspecified
        let time = Timestamp(seconds: Int.random(in: 0...3_000_000_000, using: &random))
        entries.append(RevocationEntry(serial: serial, revocationDate: time, reason: reason))
      }
      #expect(try list(entries, by: Self.publicKey).entries == entries)
    }
  }

  @Test func `every truncation and every changed byte is refused or read, never a trap`() throws {
    let facts = try list(
      (1...8).map { entry($0 * 77, .keyCompromise) } + [entry(7, at: .endOfTime)],
      by: Self.publicKey)
    for length in facts.der.indices {
      #expect(throws: DERError.self) { try RevocationListFacts(Array(facts.der[..<length])) }
    }
    for index in facts.der.indices {
      for flip: UInt8 in [1, 0x80, 0xff, 0x20] {
        var mutated = facts.der
        mutated[index] ^= flip
        guard let read = try? RevocationListFacts(mutated) else { continue }
        #expect(read.entries.count == read.count)
        _ = RevocationListRules.violations(next: read, previous: facts, mayGo: { _ in false })
      }
    }
  }
}
