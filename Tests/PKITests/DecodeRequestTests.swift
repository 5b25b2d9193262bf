import PKI
import SwiftASN1
import Testing
import X509

/// Certification requests against the documents that name them.
@Suite struct DecodeRequestTests {
  private static let document = """
    kind: Server
    name: a
    issuer: edge
    request: a.csr
    dnsNames: [a.example.com]
    ---
    kind: Server
    name: b
    issuer: edge
    request: b.csr
    dnsNames: [b.example.com]

    """

  private func found(
    _ requests: [String: Result<CertificationRequest, RequestProblem>]
  ) throws -> [String] {
    try decode(["a.yaml": Self.document, "0.yaml": twoAuthorities], requests: requests)
      .findings.map(line)
  }

  @Test func `a request that asks for what is declared is taken`() throws {
    let name = try X509.DistinguishedName {
      OrganizationName("Somebody")
      CommonName("a.example.com")
    }
    var serializer = DER.Serializer()
    try serializer.serialize(name)
    let asked = try request(
      "a.csr", key: 1, subject: serializer.serializedBytes,
      names: [SubjectAlternativeName(.dns, parsing: "a.example.com")])
    #expect(
      try found(["a.csr": .success(asked), "b.csr": .success(try request("b.csr", key: 2))]) == [])
  }

  @Test func `a request that asks for more is refused with its name`() throws {
    let name = try X509.DistinguishedName { CommonName("root.example.com") }
    var serializer = DER.Serializer()
    try serializer.serialize(name)
    let asked = try request(
      "a.csr", key: 1, subject: serializer.serializedBytes,
      names: [SubjectAlternativeName(.email, parsing: "root@example.com")])
    #expect(
      try found(["a.csr": .success(asked), "b.csr": .success(try request("b.csr", key: 2))]) == [
        "4:10 request \"a.csr\" asks for mail address \"root@example.com\", which \"a\" does not have"
          + " (names come from this document: add it below \"emailAddresses\", or make a request"
          + " without it)",
        "4:10 request \"a.csr\" asks for the name \"root.example.com\", which \"a\" does not have"
          + " (names come from this document: add it here, or make a request without it)",
      ])
  }

  @Test func `one key does not belong to two identities`() throws {
    #expect(
      try found([
        "a.csr": .success(try request("a.csr", key: 1)),
        "b.csr": .success(try request("b.csr", key: 1)),
      ]) == [
        "10:10 \"b\" and \"a\" would share one key (the other request is \"a.csr\", named at"
          + " a.yaml:4:10)"
      ])
  }

  @Test func `a request that cannot be used says why`() throws {
    #expect(
      try found([
        "a.csr": .failure(RequestProblem("has a signature that does not verify")),
        "b.csr": .success(try request("b.csr", key: 1, subject: [1, 2, 3])),
      ]) == [
        "4:10 request \"a.csr\" has a signature that does not verify",
        "10:10 request \"b.csr\" has a subject that cannot be read",
      ])
  }
}
