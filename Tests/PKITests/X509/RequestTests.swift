import Foundation
import PKI
import Testing

@Suite struct RequestTests {
  /// Makes a request with the openssl command and hands back its PEM.
  private func request(
    _ key: [String] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    _ more: [String] = [], config: String = ""
  ) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let text = "[req]\ndistinguished_name=dn\nprompt=no\nutf8=yes\n" + config
    try folder.write("req.cnf", Array((text + "\n[dn]\nCN=billing\n").utf8))
    let made = try OpenSSL.run(
      ["req", "-new", "-nodes", "-keyout", folder.path("key.pem"), "-config"]
        + [folder.path("req.cnf"), "-out", folder.path("req.pem")] + key + more)
    try #require(made.status == 0, "\(made.text)")
    return try folder.read("req.pem")
  }

  private func refusal(_ file: [UInt8]) -> String {
    do {
      _ = try RequestFacts(file: file)
      return "accepted"
    } catch {
      return error.description
    }
  }

  /// Builds a request by hand from parts that may be wrong.
  private func crafted(
    version: [UInt8] = [0x02, 0x01, 0x00], subject: [UInt8] = Sample.name("x").der,
    attributes: [[UInt8]] = [], key: PublicKey? = nil,
    algorithm: [UInt8] = SignatureAlgorithm.ecdsaWithSHA256.identifier
  ) throws -> [UInt8] {
    let spki = try (key ?? TestKey().publicKey).subjectPublicKeyInfo
    var writer = DERWriter()
    writer.sequence { writer in
      writer.sequence { info in
        info.append(version)
        info.append(subject)
        info.append(spki)
        info.constructed(.constructedContext(0)) { set in
          for attribute in attributes { set.append(attribute) }
        }
      }
      writer.append(algorithm)
      writer.wholeBits([1, 2, 3])
    }
    return writer.bytes
  }

  private func attribute(_ oid: OID, _ values: [[UInt8]]) -> [UInt8] {
    var writer = DERWriter()
    writer.sequence { writer in
      writer.objectIdentifier(oid)
      writer.constructed(.set) { set in
        for value in values { set.append(value) }
      }
    }
    return writer.bytes
  }

  private func extensions(_ list: [(OID, [UInt8])]) -> [UInt8] {
    var writer = DERWriter()
    writer.sequence { writer in
      for (oid, value) in list {
        writer.sequence { one in
          one.objectIdentifier(oid)
          one.primitive(.octetString, value)
        }
      }
    }
    return writer.bytes
  }

  private func names(_ content: [[UInt8]]) -> [UInt8] {
    var writer = DERWriter()
    writer.sequence { writer in
      for name in content { writer.append(name) }
    }
    return writer.bytes
  }

  @Test(arguments: [
    (["-newkey", "rsa:2048"], KeyAlgorithm.rsa2048),
    (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], .ecdsaP256),
    (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], .ecdsaP384),
    (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"], .ecdsaP521),
    (["-newkey", "ed25519"], .ed25519),
  ])
  func `requests that openssl makes are read, as PEM and as DER`(
    _ options: [String], _ algorithm: KeyAlgorithm
  ) throws {
    let pem = try request(
      options, ["-addext", "subjectAltName=DNS:API.example.com,IP:10.0.0.1,URI:spiffe://a/b"])
    let facts = try RequestFacts(file: pem)
    #expect(facts.publicKey.algorithm == algorithm)
    #expect(facts.subject.rfc4514 == "CN=billing")
    #expect(
      facts.alternativeNames == [
        Sample.dns("api.example.com"), Sample.ip("10.0.0.1"), Sample.uri("spiffe://a/b"),
      ])
    #expect(facts.requestedExtensions == [.subjectAlternativeName])
    #expect(try RequestFacts(file: facts.der) == facts)
    let spki = try OpenSSL.run(["req", "-pubkey", "-noout"], input: pem)
    #expect(try PEM.single("PUBLIC KEY", in: spki.output) == facts.subjectPublicKeyInfo)
    // The bytes that are said to be signed are the ones that openssl finds signed.
    let folder = try TemporaryFolder()
    try folder.write("key.pem", spki.output)
    try folder.write("signature", Array(facts.signature))
    try folder.write("info", Array(facts.info))
    let digest = algorithm == .ed25519 ? [] : ["-digest", "sha256"]
    let verified = try OpenSSL.run(
      ["pkeyutl", "-verify", "-pubin", "-inkey", folder.path("key.pem"), "-rawin", "-in"]
        + [folder.path("info"), "-sigfile", folder.path("signature")] + digest)
    #expect(verified.status == 0, "\(verified.text)")
  }

  @Test(arguments: [
    (["-newkey", "rsa:512"], "RSA with 512 bits"),
    (["-newkey", "rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3"], "exponent 0x03"),
    (
      ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-192"], "ECDSA on curve 1.2.840.10045.3.1.1"
    ),
    (
      [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt",
        "ec_param_enc:explicit",
      ], "explicit curve parameters"
    ),
    (["-newkey", "ed448"], "not accepted"),
  ])
  func `weak and odd keys are refused by name`(_ options: [String], _ words: String) throws {
    let refusal = refusal(try request(options))
    #expect(refusal.contains(words), "\(refusal)")
  }

  @Test(arguments: [("-md5", "MD5"), ("-sha1", "SHA-1")])
  func `signatures with broken digests are refused`(_ digest: String, _ words: String) throws {
    let refusal = refusal(try request(["-newkey", "rsa:2048"], [digest]))
    #expect(refusal.contains(words), "\(refusal)")
  }

  @Test func `a file holds one request and nothing else`() throws {
    let pem = try request()
    let text = String(decoding: pem, as: UTF8.self)
    let der = try RequestFacts(file: pem).der
    #expect(refusal(pem + pem).contains("2 PEM blocks"))
    #expect(refusal(pem + Array("tail".utf8)).contains("text follows"))
    #expect(refusal(der + [0]).contains("followed by more data"))
    #expect(
      refusal(PEM.encode(PEM.certificationRequest, der + [0])).contains("followed by more data"))
    #expect(refusal(PEM.encode(PEM.certificate, der)).contains("instead of a request"))
    #expect(refusal(PEM.encode("EC PRIVATE KEY", [1]) + pem).contains("private key"))
    #expect(refusal(pem + PEM.encode("ENCRYPTED PRIVATE KEY", [1])).contains("private key"))
    #expect(refusal([]) == "the file holds no PEM block")
    let old = text.replacing("CERTIFICATE REQUEST", with: "NEW CERTIFICATE REQUEST")
    #expect(try RequestFacts(file: Array(old.utf8)).der == der)
    let explained = try OpenSSL.run(["req", "-text"], input: pem)
    #expect(try RequestFacts(file: explained.output).der == der)
  }

  @Test func `an authority's certificate cannot be asked for`() throws {
    let ca = try request(["-newkey", "ed25519"], ["-addext", "basicConstraints=CA:TRUE"])
    #expect(refusal(ca).contains("CA:TRUE"))
    let sign = try request(["-newkey", "ed25519"], ["-addext", "keyUsage=keyCertSign"])
    #expect(refusal(sign).contains("authority's key usage"))
    let leaf = try request(
      ["-newkey", "ed25519"],
      ["-addext", "basicConstraints=CA:FALSE", "-addext", "keyUsage=digitalSignature"])
    #expect(try RequestFacts(file: leaf).requestedExtensions == [.basicConstraints, .keyUsage])
  }

  @Test func `a password in a request is refused, since the repository shows it`() throws {
    let pem = try request(config: "attributes=a\n[a]\nchallengePassword=secret12")
    let refusal = refusal(pem)
    #expect(refusal.contains("challengePassword") && !refusal.contains("secret12"))
  }

  @Test(arguments: [
    ("otherName:1.2.3.4;UTF8:x", "otherName"), ("RID:1.2.3.4", "registeredID"),
    ("dirName:dn", "directoryName"),
  ])
  func `names of other kinds are refused with their kind`(
    _ name: String, _ kind: String
  ) throws {
    let pem = try request(
      config: "req_extensions=e\n[e]\nsubjectAltName=@names\n[names]\n"
        + name.replacing(":", with: ".1=", maxReplacements: 1))
    #expect(refusal(pem).contains("the kind \(kind)"), "\(refusal(pem))")
  }

  @Test func `requests with a hostile structure are refused`() throws {
    let san = names([[0x82, 1, 0x61]])
    let once = extensions([(.subjectAlternativeName, san)])
    let cases: [([UInt8], String)] = [
      (try crafted(version: [0x02, 0x01, 0x01]), "version"),
      (
        try crafted(attributes: [
          attribute(
            .extensionRequest,
            [extensions([(.subjectAlternativeName, san), (.subjectAlternativeName, san)])])
        ]), "occurs twice"
      ),
      (
        try crafted(attributes: [
          attribute(.extensionRequest, [once]), attribute(.extensionRequest, [once]),
        ]), "occurs twice"
      ),
      (
        try crafted(attributes: [attribute(.extensionRequest, [once, once])]),
        "2 values instead of one"
      ),
      (
        try crafted(attributes: [
          attribute(
            .extensionRequest,
            [extensions([(.subjectAlternativeName, names([[0x82, 3, 0x61, 0, 0x62]]))])])
        ]), "control character"
      ),
      (
        try crafted(attributes: [
          attribute(
            .extensionRequest,
            [extensions([(.subjectAlternativeName, names([[0x87, 3, 1, 2, 3]]))])])
        ]), "neither 4 nor 16 bytes"
      ),
      (
        try crafted(attributes: [
          attribute(.extensionRequest, [extensions([(.subjectAlternativeName, names([]))])])
        ]), "holds no names"
      ),
      (try crafted(subject: Sample.name("a\u{0}b").der), "control character"),
      (try crafted(subject: Sample.name("a\nb").der), "control character"),
      (try crafted(subject: [0x30, 0x80, 0, 0]), "indefinite"),
      (
        try crafted(attributes: [
          attribute(OID(dotted: "1.3.6.1.4.1.311.2.1.14") ?? .commonName, [once])
        ]), "Microsoft"
      ),
    ]
    for (der, words) in cases {
      #expect(refusal(der).contains(words), "\(words): \(refusal(der))")
    }
    // The same bytes without the fault are accepted.
    #expect(
      try RequestFacts(file: crafted(attributes: [attribute(.extensionRequest, [once])]))
        .alternativeNames == [Sample.dns("a")])
  }

  @Test func `every truncation and every changed byte is refused or read, never a trap`() throws {
    let der = try RequestFacts(
      file: request(
        ["-newkey", "ed25519"], ["-addext", "subjectAltName=DNS:a.example.com,IP:::1"])
    ).der
    for length in der.indices {
      #expect(throws: RequestError.self) { try RequestFacts(der: Array(der[..<length])) }
    }
    for index in der.indices {
      for flip: UInt8 in [1, 0x20, 0x80, 0xff] {
        var mutated = der
        mutated[index] ^= flip
        _ = try? RequestFacts(file: mutated)
      }
    }
  }
}
