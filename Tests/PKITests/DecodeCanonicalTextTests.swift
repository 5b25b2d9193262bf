import PKI
import Testing

/// Desired state written as text is read back as the same state.
@Suite struct DecodeCanonicalTextTests {
  @Test func `decode, print, decode is the identity`() throws {
    let requests = [
      "a.csr": Result<CertificationRequest, RequestProblem>.success(try request("a.csr", key: 7)),
      "payments/billing.csr": .success(try request("payments/billing.csr", key: 8)),
    ]
    let texts = [
      Examples.guide, serverToo, SchemaTests.everyField.joined(separator: "\n---\n"),
    ]
    for text in texts {
      let first = try #require(try decode(["a.yaml": text], requests: requests).state)
      let printed = CanonicalText.text(first)
      let decoded = try decode(["printed.yaml": printed], requests: requests)
      #expect(decoded.findings.map(line) == [], "\(printed)")
      let second = try #require(decoded.state)
      #expect(outline(second) == outline(first))
      #expect(CanonicalText.text(second) == printed)
    }
  }

  @Test(arguments: [
    "yes", "NO", "null", "~", "0123", "1e3", "0x1f", "1:30", "2026-11-23", ".5", "-", "- a", "a: b",
    "a #b", "#a", "a, b", "[a]", "{a}", "\"a\"", "'a'", "a\\b", "@a", "`a", "%a", "!a", "&a", "*a",
    "Übung", "日本", "a:", ":a", "?", "a\u{1F600}", "=", "<<", "a'b\"c", "90d", "+1", "Ärzte & Söhne",
  ])
  func `any text survives being written`(text: String) throws {
    let authority = Authority(
      name: try name("a"), place: Place(file: "x", line: 1, column: 1), issuer: nil,
      subject: Subject([
        Subject.Attribute(.organization, text), Subject.Attribute(.organizationalUnit, text),
        Subject.Attribute(.organizationalUnit, "x" + text),
      ]), key: .ecdsaP256,
      lifetime: .days(100), renewBefore: nil, crl: .standard, issuerURL: nil, nameConstraints: nil,
      pathLength: nil, subjectRules: nil, isProtected: false, fields: .none)
    let printed = CanonicalText.text(authority)
    let state = try #require(try decode(["a.yaml": printed]).state)
    #expect(state.authorities[authority.name]?.subject == authority.subject)
  }

  @Test func `the text of an authority is the one that people would write`() throws {
    let state = try #require(try decode(["a.yaml": twoAuthorities]).state)
    #expect(
      CanonicalText.text(state) == """
        kind: Authority
        name: root
        subject:
          country: US
          organization: Example
          commonName: Root
        key: ecdsa-p256
        lifetime: 3650d
        crl:
          lifetime: 7d
          refreshBefore: 3d
        ---
        kind: Authority
        name: edge
        issuer: root
        subject:
          country: US
          organization: Example
          commonName: Edge
        key: ecdsa-p256
        lifetime: 1095d
        crl:
          lifetime: 7d
          refreshBefore: 3d

        """)
  }
}
