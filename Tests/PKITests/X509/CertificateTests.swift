import Foundation
import PKI
import SwiftASN1
import Testing
import X509

@Suite struct CertificateTests {
  @Test(arguments: [KeyAlgorithm.rsa2048, .ecdsaP256, .ecdsaP384, .ecdsaP521, .ed25519])
  func `openssl verifies a root, an intermediate and a leaf of every kind of key`(
    _ algorithm: KeyAlgorithm
  ) throws {
    let (rootKey, edgeKey, leafKey) = (
      try TestKey(algorithm), try TestKey(algorithm), try TestKey(algorithm)
    )
    let constraints = NameConstraints(
      permitted: .init(dnsNames: ["example.com"]),
      excluded: .init(dnsNames: ["secret.example.com"]))
    let (root, edge) = (
      Sample.authority("Root"), Sample.authority("Edge", pathLength: 0, constraints: constraints)
    )
    let rootDER = try root.signed(by: rootKey, as: root.subject)
    let edgeDER = try edge.signed(by: rootKey, as: root.subject, for: edgeKey.publicKey)
    let leafDER = try Sample.server().signed(
      by: edgeKey, as: edge.subject, for: leafKey.publicKey)
    let folder = try TemporaryFolder()
    for (name, der) in [("root", rootDER), ("edge", edgeDER), ("leaf", leafDER)] {
      try folder.write("\(name).der", der)
      let converted = try OpenSSL.run([
        "x509", "-inform", "DER", "-in", folder.path("\(name).der"), "-out",
        folder.path("\(name).pem"),
      ])
      #expect(converted.status == 0, "\(converted.text)")
    }
    let verified = try OpenSSL.run([
      "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "api.example.com",
      "-attime", String(Sample.now.seconds + 1), "-CAfile", folder.path("root.pem"), "-untrusted",
      folder.path("edge.pem"), folder.path("leaf.pem"),
    ])
    #expect(verified.status == 0, "\(verified.text)")
    for (spec, der, issuer) in [
      (root, rootDER, rootKey.issuer(root.subject)), (edge, edgeDER, rootKey.issuer(root.subject)),
      (Sample.server(), leafDER, edgeKey.issuer(edge.subject)),
    ] {
      let facts = try CertificateFacts(der)
      #expect(spec.differences(from: facts, issuer: issuer).isEmpty)
      // An independent reader agrees.
      let theirs = try Certificate(derEncoded: der)
      #expect(theirs.extensions.count == facts.extensions.count)
      #expect(Array(theirs.serialNumber.bytes) == facts.serial.bytes)
      #expect(theirs.issuer.description == facts.issuer.rfc4514)
      #expect(theirs.notValidAfter.timeIntervalSince1970 == Double(facts.notAfter.seconds))
    }
  }

  @Test func `openssl prints what the specification says`() throws {
    let key = try TestKey()
    let names = [
      Sample.dns("api.example.com"), Sample.ip("10.0.0.1"), Sample.ip("2001:db8::1"),
      Sample.uri("spiffe://example.com/api"), Sample.email("ops@example.com"),
    ]
    let der = try Sample.server(names: names).signed(by: key, as: Sample.name("Root"))
    let text = try OpenSSL.run(
      ["x509", "-inform", "DER", "-noout", "-text"], input: der
    ).text
    for line in [
      "Version: 3 (0x2)", "CA:FALSE", "X509v3 Basic Constraints: critical",
      "X509v3 Key Usage: critical\n                Digital Signature\n",
      "TLS Web Server Authentication",
      "DNS:api.example.com, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1, "
        + "URI:spiffe://example.com/api, email:ops@example.com",
      "Full Name:\n                  URI:http://crl.example.com/edge.crl",
      "CA Issuers - URI:http://crl.example.com/edge.der",
      "Not Before: Nov 23 15:00:00 2026 GMT", "Not After : Feb 21 14:59:59 2027 GMT",
      "Subject: C = US, O = \"Example, Inc\", CN = api",
    ] {
      #expect(text.contains(line), "\(line) in \(text)")
    }
  }

  @Test(arguments: [
    ("2049-12-31T23:59:58Z", 2, "2049-12-31T23:59:59Z", "UTCTIME", "UTCTIME"),
    ("2049-12-31T23:59:59Z", 2, "2050-01-01T00:00:00Z", "UTCTIME", "GENERALIZEDTIME"),
    ("2050-01-01T00:00:00Z", 1, "2050-01-01T00:00:00Z", "GENERALIZEDTIME", "GENERALIZEDTIME"),
    ("2028-02-29T00:00:00Z", 86_400, "2028-02-29T23:59:59Z", "UTCTIME", "UTCTIME"),
  ])
  func `the form of a date follows its year and the lifetime holds its last second`(
    _ start: String, _ seconds: Int, _ end: String, _ first: String, _ second: String
  ) throws {
    let key = try TestKey()
    let notBefore = try #require(Timestamp(start))
    let spec = Sample.server(lifetime: Lifetime(seconds: seconds))
    let der = try spec.signed(by: key, as: Sample.name("Root"), notBefore: notBefore)
    let facts = try CertificateFacts(der)
    #expect(facts.notAfter == Timestamp(end))
    #expect(spec.differences(from: facts).isEmpty)
    let lines = try OpenSSL.run(["asn1parse", "-inform", "DER"], input: der).text
      .split(separator: "\n").filter { $0.contains("TIME") }
    #expect(lines.count == 2)
    #expect(lines.first?.contains(first) == true && lines.last?.contains(second) == true)
  }

  @Test func `an empty subject makes the alternative names critical`() throws {
    let spec = CertificateSpec(
      subject: .empty, authority: nil, keyUsage: .digitalSignature,
      extendedKeyUsage: [.clientAuth], alternativeNames: [Sample.uri("spiffe://a/b")],
      nameConstraints: nil, distributionPoints: [], issuerURLs: [], lifetime: .days(1))
    let der = try spec.signed(by: try TestKey(), as: Sample.name("Root"))
    let facts = try CertificateFacts(der)
    #expect(facts.extensions.contains(.init(oid: .subjectAlternativeName, isCritical: true)))
    #expect(spec.differences(from: facts).isEmpty)
  }

  @Test func `every truncation and every changed byte is refused or read, never a trap`() throws {
    let der = try Sample.server().signed(by: try TestKey(), as: Sample.name("Root"))
    for length in der.indices {
      #expect(throws: DERError.self) { try CertificateFacts(Array(der[..<length])) }
    }
    var random = Seeded(1)
    for index in der.indices {
      var mutated = der
      mutated[index] ^= UInt8.random(in: 1...255, using: &random)
      if let facts = try? CertificateFacts(mutated) {
        _ = Sample.server().differences(from: facts)
        #expect(facts.der != der)
      }
    }
    #expect(throws: DERError.self) { try CertificateFacts(der + [0]) }
  }
}
