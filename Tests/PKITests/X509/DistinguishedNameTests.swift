import PKI
import SwiftASN1
import Testing
import X509

@Suite struct DistinguishedNameTests {
  /// The DER of a subject that openssl encoded, and what it prints of it.
  private func openssl(_ subject: String) throws -> (name: PKI.DistinguishedName, rfc2253: String) {
    let folder = try TemporaryFolder()
    let made = try OpenSSL.run([
      "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", folder.path("key.pem"), "-out",
      folder.path("cert.pem"), "-utf8", "-multivalue-rdn", "-subj", subject,
    ])
    try #require(made.status == 0, "\(made.text)")
    let printed = try OpenSSL.run([
      "x509", "-in", folder.path("cert.pem"), "-noout", "-subject", "-nameopt", "RFC2253",
    ]).text
    let facts = try CertificateFacts(
      PEM.single(PEM.certificate, in: folder.read("cert.pem")))
    return (facts.subject, String(printed.trimmingPrefix("subject=").dropLast()))
  }

  @Test(arguments: [
    "/C=US/O=Example/CN=api", "/CN=a,b+c\"d\\<e>;f=g", "/O= lead/CN=trail ", "/CN=#hash/O=a#b",
    "/CN=jürgen ☃/O=Ærø", "/C=US/O=x+OU=y/CN=two", "/CN=a/emailAddress=a@b.c/UID=u/DC=dc",
    "/CN=app\\/one/serialNumber=7/title=t/L=l/ST=s/street=r", "/CN=tab\there",
  ])
  func `the text of a name is what openssl prints for RFC 2253`(_ subject: String) throws {
    let (name, printed) = try openssl(subject)
    #expect(name.rfc2253 == printed)
  }

  @Test func `a subject is encoded in its order with the types that RFC 5280 gives`() throws {
    let name = PKI.DistinguishedName(
      Subject([
        .init(.emailAddress, "a@b.c"), .init(.commonName, "Ünï"), .init(.country, "DE"),
        .init(.organizationalUnit, "one"), .init(.organizationalUnit, "two"),
      ]))
    #expect(name.rfc4514 == "emailAddress=a@b.c,CN=Ünï,OU=two,OU=one,C=DE")
    #expect(name.openSSLText == "C = DE, OU = one, OU = two, CN = Ünï, emailAddress = a@b.c")
    #expect(name.commonName == "Ünï" && name.values(of: .organizationalUnit) == ["one", "two"])
    let types = try OpenSSL.run(["asn1parse", "-inform", "DER"], input: name.der).text
      .split(separator: "\n").compactMap { line in
        ["PRINTABLESTRING", "IA5STRING", "UTF8STRING"].first { line.contains($0) }
      }
    #expect(
      types == ["PRINTABLESTRING", "UTF8STRING", "UTF8STRING", "UTF8STRING", "IA5STRING"])
    #expect(try PKI.DistinguishedName(parsing: name.der) == name)
    #expect(try X509.DistinguishedName(derEncoded: DER.parse(name.der)).count == 5)
  }

  @Test func `names that differ in case alone have one folded key`() throws {
    let (upper, lower) = (Sample.name("Billing"), Sample.name("bILLING"))
    #expect(upper != lower && upper.caseFolded == lower.caseFolded)
    #expect(upper.caseFolded != Sample.name("billing2").caseFolded)
    let printable = try openssl("/C=US/O=Example, Inc/CN=billing").name
    #expect(printable.caseFolded == lower.caseFolded)
    // A value cannot imitate a boundary between attributes.
    let one = PKI.DistinguishedName(Subject([.init(.commonName, "a,2.5.4.3=1:b")]))
    let two = try openssl("/CN=a/CN=b").name
    #expect(one.caseFolded != two.caseFolded)
  }

  @Test func `the common name that counts is the last one`() throws {
    #expect(try openssl("/CN=first/O=x/CN=last").name.commonName == "last")
  }

  @Test(
    arguments: [
      [], [0x30], [0x31, 0x00], [0x30, 0x02, 0x31, 0x00], [0x30, 0x00, 0x00],
      [0x30, 0x0b, 0x31, 0x09, 0x30, 0x07, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x00, 0x00],
      [0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 0xc3, 0x28],
    ] as [[UInt8]])
  func `bytes that are no name are refused, and have no attributes`(_ der: [UInt8]) {
    #expect(throws: DERError.self) { try PKI.DistinguishedName(parsing: der) }
    #expect(PKI.DistinguishedName(der: der).attributes.isEmpty)
  }
}
