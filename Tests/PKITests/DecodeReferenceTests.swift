import PKI
import Testing

/// Documents that are wrong together: the exact finding, its place and its hint.
@Suite struct DecodeReferenceTests {
  /// What two files say of one thing depends on their order, so files that were read apart leave it
  /// to whoever reads them in order.
  @Test(arguments: [
    ["kind: Client\nname: a\nissuer: edge\n", "kind: Peer\nname: a\nissuer: edge\n"],
    ["kind: Profile\nname: p\n", "kind: Profile\nname: p\n"],
    ["kind: Settings\nname: s\n", "kind: Settings\nname: s\n"],
  ])
  func `files that declare the same are not decoded apart`(_ texts: [String]) throws {
    let files = try sources(["0.yaml": twoAuthorities, "1.yaml": texts[0], "2.yaml": texts[1]])
    #expect(DesiredState.decode(files.map(DeclaredFile.init)) == nil)
    #expect(
      DesiredState.decode(Array(files.filter { $0.path != "1.yaml" }).map(DeclaredFile.init)) != nil
    )
    #expect(!DesiredState.decode(files).findings.isEmpty)
  }

  @Test(
    arguments: [
      (
        "kind: Client\nname: a\nissuer: egde",
        ["3:9 issuer \"egde\" is not declared (did you mean \"edge\"?)"]
      ),
      (
        "kind: Client\nname: a\nissuer: somewhere",
        [
          "3:9 issuer \"somewhere\" is not declared (declared authorities are \"edge\" and \"root\")"
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: api",
        ["3:9 issuer \"api\" is a Server, not an Authority (it is declared at 0.yaml:13:7)"]
      ),
      (
        "kind: Client\nname: edge\nissuer: root",
        [
          "2:7 \"edge\" is declared twice (the first is the Authority at 0.yaml:7:7; authorities and"
            + " identities share one namespace)"
        ]
      ),
      (
        "kind: Client\nnames: [a, b, a]\nissuer: edge",
        [
          "2:15 \"a\" is declared twice (the first is the Client at a.yaml:2:9; authorities and"
            + " identities share one namespace)",
          "2:15 \"a\" stands twice in \"names\"",
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nprofile: short",
        ["4:10 profile \"short\" is not declared (there are no declared profiles)"]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nlifetime: 1096d\nrenewBefore: 1d",
        [
          "4:11 a lifetime of 1096d is longer than that of its issuer \"edge\", 1095d (the issuer's"
            + " lifetime is set at 0.yaml:10:11)"
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nlifetime: 900d",
        [
          "0.yaml:10:11 \"edge\" cannot be renewed in time: \"a\" lasts 900d and is renewed 300d"
            + " before its end, together 1200d, and the authority itself lasts 1095d (lengthen this"
            + " lifetime, shorten that one, or set \"renewBefore\" here)"
        ]
      ),
      (
        "kind: Authority\nname: sub\nissuer: edge\nsubject: {commonName: Sub}\nlifetime: 300d\nrenewBefore: 50d\n---\nkind: Client\nname: a\nissuer: sub",
        [
          "6:14 \"renewBefore\" of 50d is shorter than the longest lifetime that \"sub\" issues, 90d"
            + " (that is the lifetime of \"a\")"
        ]
      ),
      (
        "kind: Authority\nname: a\nissuer: b\nsubject: {commonName: A}\nlifetime: 100d\n---\nkind: Authority\nname: b\nissuer: a\nsubject: {commonName: B}\nlifetime: 100d\n---\nkind: Authority\nname: c\nissuer: c\nsubject: {commonName: C}\nlifetime: 100d",
        [
          "3:9 authorities certify one another in a circle: \"a\", \"b\", \"a\" (a root has no"
            + " \"issuer\")",
          "15:9 \"c\" names itself as its issuer (a root has no \"issuer\")",
        ]
      ),
      (
        "kind: Authority\nname: top\nsubject: {commonName: Top}\nlifetime: 1000d\npathLength: 0\n---\nkind: Authority\nname: low\nissuer: top\nsubject: {commonName: Low}\nlifetime: 100d",
        [
          "9:9 authority \"low\" is one too many below \"top\", which has \"pathLength\" 0 (that is set"
            + " at a.yaml:5:13)"
        ]
      ),
      (
        "kind: Authority\nname: twin\nsubject: {commonName: EDGE, organization: Example, country: US}\nlifetime: 100d",
        [
          "3:10 authority \"twin\" has the subject of \"edge\" (that is declared at 0.yaml:9:10)"
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\n---\nkind: Client\nname: b\nissuer: edge\nsubject: {commonName: A}",
        [
          "6:7 \"b\" and \"a\" have one subject under \"edge\", apart from upper and lower case (the"
            + " other is declared at a.yaml:2:7)"
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nsubject: {commonName: Edge, organization: Example, country: US}",
        ["2:7 \"a\" has the subject of authority \"edge\" (that is declared at 0.yaml:9:10)"]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nrenamedFrom: api\n---\nkind: Client\nname: b\nissuer: edge\nrenamedFrom: old\n---\nkind: Client\nname: c\nissuer: edge\nrenamedFrom: old",
        [
          "4:14 \"api\" is still declared, so it cannot have been renamed (the Server is declared at"
            + " 0.yaml:13:7)",
          "14:14 \"old\" was renamed twice (the other is at a.yaml:9:14)",
        ]
      ),
      (
        "kind: Revocation\nidentity: gone\n---\nkind: Revocation\nidentity: gone\nreason: superseded",
        ["4:1 this revocation has the same target as another (the other is at a.yaml:1:1)"]
      ),
      (
        "kind: Revocation\nauthority: root\n---\nkind: Revocation\nidentity: edge\n---\nkind: Revocation\nauthority: api",
        [
          "0.yaml:8:9 \"edge\" is issued by \"root\", which is revoked (the revocation is at"
            + " a.yaml:1:1; name another issuer)",
          "2:12 \"root\" is a root, which nobody can revoke (remove it from the trust bundles)",
          "5:11 \"edge\" is an Authority, not an identity (write \"authority: edge\")",
          "8:12 \"api\" is a Server, not an Authority (write \"identity: api\")",
        ]
      ),
      (
        "kind: Revocation\nauthority: edge",
        [
          "0.yaml:14:9 \"api\" is issued by \"edge\", which is revoked (the revocation is at"
            + " a.yaml:1:1; name another issuer)"
        ]
      ),
      (
        "kind: Revocation\nauthority: edge\nreason: certificateHold\nreleased: true", []
      ),
      (
        "kind: TrustBundle\nname: t\nauthorities: [edge, edge, egde]",
        [
          "3:21 \"edge\" stands twice in \"authorities\"",
          "3:27 authority \"egde\" is not declared (did you mean \"edge\"?)",
        ]
      ),
      (
        "kind: Authority\nname: a/0123456789012345678901234567890123456789\nsubject: {commonName: A}\nlifetime: 100d",
        [
          "2:7 \"a/0123456789012345678901234567890123456789\" has a segment that looks like the"
            + " identifier of a key (folders of that form hold the files of an authority's keys)"
        ]
      ),
    ] as [(String, [String])])
  func `documents that do not fit together are reported`(text: String, expected: [String]) throws {
    try expect(text, behind: serverToo, expected)
  }

  @Test(
    arguments: [
      (
        "clients: {verify: required}", "path: /",
        [
          "1:1 \"trust\" is missing: client certificates are asked for (name a trust bundle below"
            + " \"clients\", or set \"verify\" to \"none\")"
        ]
      ),
      (
        "clients: {trust: tt, verify: optional, allow: [clent, api, edge]}", "path: /",
        [
          "6:18 trust bundle \"tt\" is not declared (did you mean \"t\"?)",
          "6:48 identity \"clent\" is not declared (did you mean \"client\"?)",
          "6:55 \"api\" is a Server, not a Client or Peer (it is declared at 0.yaml:13:7)",
          "6:60 \"edge\" is an Authority, not a Client or Peer (it is declared at 0.yaml:7:7)",
        ]
      ),
      (
        "clients: {trust: t, verify: required, allow: [other]}", "path: /",
        [
          "6:47 \"other\" is issued by \"root\", which trust bundle \"t\" does not hold (the trust bundle"
            + " is declared at 0.yaml:25:1)"
        ]
      ),
      (
        "clients: {trust: t, verify: none, allow: [client]}", "path: /",
        [
          "6:43 \"allow\" without client certificates lets nobody in (set \"verify\" to \"required\" or"
            + " \"optional\")"
        ]
      ),
      (
        "clients: {trust: t, verify: required, allow: [client]}", "path: /, verify: none",
        [
          "7:10 this route asks for no certificate, but \"allow\" of its listener holds for it (give"
            + " each route its own \"allow\")"
        ]
      ),
      (
        "clients: {trust: t, verify: required}", "path: /, verify: none, identities: [client]",
        [
          "7:47 \"identities\" without client certificates lets nobody in (set \"verify\" to"
            + " \"required\" or \"optional\")"
        ]
      ),
      (
        "clients: {trust: t, verify: required}", "path: /}, {path: /",
        [
          "7:21 this route is never reached: another takes every request of \"/\" (the other is at"
            + " a.yaml:7:10; give it \"identities\", or put it last)"
        ]
      ),
      (
        "clients: {trust: t, verify: required}",
        "path: /, identities: [client]}, {path: /, identities: [client]",
        [
          "7:43 this route is never reached: routes before it take all its identities on \"/\""
        ]
      ),
      ("clients: {trust: t, verify: required}", "path: /, identities: [client]}, {path: /", []),
      ("addresses: [10.0.0.0/8]", "path: /", []),
    ] as [(String, String, [String])])
  func `a proxy refers to what is declared and fits`(
    clients: String, route: String, expected: [String]
  ) throws {
    let text = """
      kind: Proxy
      name: p
      software: nginx
      server: api
      listen: 443
      \(clients)
      routes: [{\(route)}]
      """
    try expect(text, behind: clientsToo, expected)
  }

  @Test func `listeners of one proxy do not share a port`() throws {
    let listener = "server: api, routes: [{path: /}], listen:"
    let text = """
      kind: Proxy
      name: p
      software: nginx
      listeners:
        - {\(listener) 10.0.0.1:443}
        - {\(listener) 10.0.0.2:443}
        - {\(listener) 443}
        - {\(listener) 8443}
        - {\(listener) 10.0.0.2:443}
      ---
      kind: Proxy
      name: p/inner
      software: nginx
      server: client
      listen: 443
      routes: [{path: /}]
      """
    try expect(
      text, behind: clientsToo,
      [
        "7:5 port 443 is taken by another listener of this proxy (the other is at a.yaml:5:5)",
        "9:5 port 443 is taken by another listener of this proxy (the other is at a.yaml:6:5)",
        "12:7 \"p/inner\" would lie inside the bundle of proxy \"p\" (that proxy is declared at"
          + " a.yaml:2:7)",
        "14:9 \"client\" is a Client, not a Server or Peer (it is declared at 0.yaml:18:7)",
      ])
  }

  @Test(
    arguments: [
      ("strict", "country: US, organization: Example, stateOrProvince: S", []),
      (
        "strict", "country: DE, organization: Example",
        [
          "8:10 the subject of \"a\" must have its issuer's country, \"US\"",
          "8:10 the subject of \"a\" must have its issuer's stateOrProvince, \"S\"",
        ]
      ),
      (
        "{organization: supplied}", "country: US",
        [
          "8:10 the subject of \"a\" has commonName, which its issuer has no rule for",
          "8:10 the subject of \"a\" has country, which its issuer has no rule for",
          "8:10 the subject of \"a\" has no organization, which its issuer asks for",
        ]
      ),
      (
        "{locality: match, commonName: supplied}", "locality: L",
        ["8:10 the subject of \"a\" must match the locality of its issuer, which has none"]
      ),
    ] as [(String, String, [String])])
  func `subjects keep the rules of their authority`(
    rules: String, subject: String, expected: [String]
  ) throws {
    let text = """
      kind: Authority
      name: ca
      subject: {commonName: Ca, organization: Example, country: US, stateOrProvince: S}
      lifetime: 1000d
      subjectRules: \(rules)
      --- {kind: Client, name: a, issuer: ca,
      # the next line is the eighth
      subject: {\(subject)}}
      """
    let hint = " (\"ca\" sets \"subjectRules\" at a.yaml:5:15)"
    try expect(text, expected.map { $0 + hint })
  }

  @Test func `names keep the constraints of every authority above them`() throws {
    let text = """
      kind: Authority
      name: top
      subject: {commonName: Top}
      lifetime: 3000d
      nameConstraints: {permitted: {dnsNames: [example.com]}, excluded: {ipRanges: [10.0.0.0/8]}}
      ---
      kind: Authority
      name: low
      issuer: top
      subject: {commonName: Low}
      lifetime: 1000d
      ---
      kind: Server
      name: a
      issuer: low
      dnsNames: [a.example.com, a.example.org]
      ipAddresses: [10.0.0.1]
      uris: ["https://example.org/"]
      ---
      kind: Client
      name: b
      issuer: low
      subject: {commonName: b.example.org}
      """
    let hint = " (\"top\" sets \"nameConstraints\" at a.yaml:5:18)"
    try expect(
      text,
      [
        "14:7 \"a\": DNS name \"a.example.org\" is outside what the authority may certify" + hint,
        "14:7 \"a\": IP name \"10.0.0.1\" is excluded by \"10.0.0.0/8\"" + hint,
        "21:7 \"b\": the common name counts as a DNS name: DNS name \"b.example.org\" is outside"
          + " what the authority may certify" + hint,
      ])
  }

  @Test func `more than ten thousand names in one folder are refused`() throws {
    let names = (0...10_000).map { "n\($0)" }.joined(separator: ", ")
    let text = "kind: Client\nissuer: edge\nnames: [\(names)]"
    let found = try findings(text, behind: twoAuthorities)
    #expect(found.count == 1)
    #expect(
      found.first?.hasSuffix(
        "more than 10000 names stand without a folder (divide them with segments, as in"
          + " \"berlin/n9998\")") == true, "\(found)")
  }
}

/// Fails with what was found.
func expect(_ text: String, behind prelude: String = "", _ expected: [String]) throws {
  let found = try findings(text, behind: prelude)
  #expect(found == expected, "found:\n\(found.joined(separator: "\n"))")
}

/// Authorities, a server, clients of two authorities and a trust bundle.
let clientsToo =
  serverToo + """
    ---
    kind: Client
    name: client
    issuer: edge
    ---
    kind: Client
    name: other
    issuer: root
    ---
    kind: TrustBundle
    name: t
    authorities: [edge]

    """
