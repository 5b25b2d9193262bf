import PKI
import Testing

/// Documents that are wrong by themselves: the exact finding, its place and its hint.
@Suite struct DecodeStructureTests {
  @Test(
    arguments: [
      ("just text", ["1:1 a document must be a mapping, not a single value"]),
      ("[kind, Client]", ["1:1 a document must be a mapping, not a list"]),
      (
        "name: api",
        [
          "1:1 \"kind\" is missing (kinds are \"Authority\", \"Server\", \"Client\", \"Peer\","
            + " \"Profile\", \"Revocation\", \"TrustBundle\", \"Proxy\" and 2 more)"
        ]
      ),
      ("kind: Cliend", ["1:7 \"Cliend\" is not a kind of document (did you mean \"Client\"?)"]),
      (
        "kind: [Client]",
        ["1:7 \"kind\" must be a kind of document, not a list"]
      ),
      (
        "kind: Client\nname: a\nisuer: edge",
        [
          "1:1 \"issuer\" is missing (write a name)",
          "3:1 \"isuer\" is not a field of Client (did you mean \"issuer\"?)",
        ]
      ),
      (
        "kind: TrustBundle\nname: a\nauthorities: [edge]\ncolour: red",
        [
          "4:1 \"colour\" is not a field of TrustBundle (further fields of TrustBundle are"
            + " \"protected\")"
        ]
      ),
      (
        "kind: Client\nissuer: edge",
        ["1:1 \"name\" or \"names\" is missing"]
      ),
      (
        "kind: Client\nname: a\nnames: [b]\nissuer: edge",
        ["1:1 \"name\" and \"names\" exclude each other"]
      ),
      (
        "kind: Client\nname: A\nissuer: ~",
        [
          "2:7 \"A\" has characters other than a-z, 0-9, \".\", \"_\", \"-\" and \"/\", so it is not"
            + " a name",
          "3:9 \"issuer\" has no value (write a name, or leave it out)",
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nlifetime: 90",
        [
          "4:11 \"90\" is not a length of time (write a whole number and one of s, m, h, d and w, as"
            + " in \"90d\", up to \"365000d\")"
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nlifetime: [90d]\nprotected: yes",
        [
          "4:11 \"lifetime\" must be a length of time, as in \"90d\", not a list",
          "5:12 \"protected\" must be true or false, not a single value",
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nkey: ecdsa-p265",
        ["4:6 \"ecdsa-p265\" is not a key algorithm (did you mean \"ecdsa-p256\"?)"]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nkey: ed25519\nrequest: a.csr",
        [
          "1:1 \"key\" and \"request\" exclude each other",
          "5:10 request \"a.csr\" is not there (paths of requests begin at the folder of the file"
            + " that names them)",
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nrequest: ../a.csr",
        ["4:10 \"../a.csr\" leads out of the desired-state folder"]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nuris: []",
        ["4:7 \"uris\" is an empty list (leave it out to say nothing)"]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nuris: [\"https://{nam}/\", \"https://a/}\"]",
        [
          "4:8 \"https://{nam}/\" has a brace that is not part of {name}, the only placeholder",
          "4:26 \"https://a/}\" has a brace that is not part of {name}, the only placeholder",
        ]
      ),
      (
        "kind: Server\nname: a\nissuer: edge",
        ["1:1 \"dnsNames\" or \"ipAddresses\" is missing"]
      ),
      (
        "kind: Server\nname: a\nissuer: edge\ndnsNames: [a.b, A.b, bücher.example]\nipAddresses: [10.0.0.01]",
        [
          "4:17 \"A.b\" is the same as a name before it",
          "4:22 \"bücher.example\" is not in ASCII (write an internationalised name as A-labels, as in"
            + " \"xn--bcher-kva.example\")",
          "5:15 \"10.0.0.01\" is not an address (write IPv4 as four numbers without leading zeros,"
            + " IPv6 without a zone)",
        ]
      ),
      (
        "kind: Server\nname: a\nissuer: edge\ndnsNames: [a.b]\nextendedKeyUsage: [anyExtendedKeyUsage, codesigning, 1.3.6.1.5.5.7.3.9]",
        [
          "5:20 \"anyExtendedKeyUsage\" would make every other purpose meaningless",
          "5:41 \"codesigning\" is not a purpose (did you mean \"codeSigning\"?)",
          "5:54 \"1.3.6.1.5.5.7.3.9\" would let its holder vouch for every certificate of the issuer"
            + " (RFC 6960 section 4.2.2.2)",
        ]
      ),
      (
        "kind: Server\nname: a\nissuer: edge\ndnsNames: [a.b]\nextendedKeyUsage: [clientAuth]",
        [
          "5:19 a Server cannot have the purpose \"clientAuth\" (declare it as a Peer, which has both)"
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nkeyUsage: [keyCertSign, digitalSigature]",
        [
          "4:12 \"keyCertSign\" is a key usage of authorities alone",
          "4:25 \"digitalSigature\" is not a key usage (did you mean \"digitalSignature\"?)",
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nkey: rsa-2048\nkeyUsage: [digitalSignature, keyEncipherment]",
        ["5:11 \"keyEncipherment\" is for servers with RSA keys alone"]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nsubject: {country: usa, organization: \" x\"}",
        [
          "4:20 \"usa\" is not a country code: two capital letters (ISO 3166-1 alpha-2)",
          "4:39 \" x\" begins or ends with a space",
        ]
      ),
      (
        "kind: Client\nname: a\nissuer: edge\nlifetime: 9m\nrenewBefore: 9m",
        [
          "4:11 a lifetime of 9m is shorter than 10m (five minutes of it go to clocks that differ)",
          "5:14 \"renewBefore\" of 9m is not shorter than the lifetime of 9m",
        ]
      ),
      (
        "kind: Client\nnames: [a, b]\nissuer: edge\nrenamedFrom: c",
        ["1:1 \"names\" and \"renamedFrom\" exclude each other"]
      ),
      (
        "kind: Revocation\nreason: cACompromise",
        [
          "1:1 \"identity\", \"authority\" or \"serial\" is missing",
          "2:9 \"cACompromise\" is a reason for authorities alone (did you mean \"keyCompromise\"?)",
        ]
      ),
      (
        "kind: Revocation\nidentity: a\nauthority: b\nissuer: c",
        [
          "1:1 \"identity\" and \"authority\" exclude each other",
          "1:1 \"issuer\" needs \"serial\"",
        ]
      ),
      (
        "kind: Revocation\nidentity: a\nissuedBefore: yesterday\nreason: aACompromise\nreleased: true",
        [
          "3:15 \"yesterday\" is not a moment (write it in UTC, as in \"2026-11-23T15:04:05Z\")",
          "4:9 \"aACompromise\" is not a reason (did you mean \"cACompromise\"?)",
          "5:11 only \"certificateHold\" can be released (what is revoked for another reason stays"
            + " revoked)",
        ]
      ),
      (
        "kind: Settings\nname: s\nlimits: {revocations: 101%, reissues: -1, minimum: 010}\npublish: {branch: a..b}\n---\nkind: Settings\nname: t",
        [
          "3:23 \"101%\" is not a number or a percentage up to 100%",
          "3:39 \"-1\" is not a number or a percentage up to 100%",
          "3:52 \"minimum\" must be a whole number from 0 to 1000000000, not a single value",
          "4:19 \"a..b\" is not the name of a branch",
          "6:1 there is more than one Settings document (the first is at a.yaml:1:1)",
        ]
      ),
    ] as [(String, [String])])
  func `a wrong document is reported where it is wrong`(text: String, expected: [String]) throws {
    try expect(text, behind: twoAuthorities, expected)
  }

  @Test(
    arguments: [
      ("subject: {}", ["3:10 the subject of an authority must not be empty"]),
      (
        "subject: {commonName: ~}",
        ["3:23 \"commonName\" has no value (write text, or leave it out)"]
      ),
      (
        "subject: {commonName: C}\ncrl: {lifetime: 1d, refreshBefore: 1d}",
        ["4:36 \"refreshBefore\" of 1d is not shorter than the list's lifetime of 1d"]
      ),
      (
        "subject: {commonName: C}\nissuerUrl: ftp://a/b",
        [
          "4:12 \"ftp://a/b\" is not an address that begins with \"http://\" or \"https://\""
        ]
      ),
      (
        "subject: {commonName: C}\nnameConstraints: {permitted: {dnsNames: [.example.com], ipRanges: [10.0.0.1/8]}}",
        [
          "4:42 \".example.com\" begins with a dot or a wildcard (\"example.com\" covers itself and all"
            + " below it)",
          "4:68 \"10.0.0.1/8\" has host bits that are not zero (did you mean \"10.0.0.0/8\"?)",
        ]
      ),
      (
        "subject: {commonName: C}\nnameConstraints: {permitted: {}}",
        [
          "4:30 \"dnsNames\", \"ipRanges\", \"uriDomains\" or \"emailAddresses\" is missing"
        ]
      ),
      (
        "subject: {commonName: C}\nsubjectRules: {country: matches}\npathLength: 01",
        [
          "4:25 \"matches\" is not a subject rule (did you mean \"match\"?)",
          "5:13 \"pathLength\" must be a whole number from 0 to 100, not a single value",
        ]
      ),
      (
        "subject: {commonName: C}\nsubjectRules: lose",
        ["4:15 \"lose\" is not a set of subject rules (did you mean \"loose\"?)"]
      ),
      (
        "subject: {commonName: C}\nnameConstraints: {}",
        ["4:18 \"permitted\" or \"excluded\" is missing"]
      ),
    ] as [(String, [String])])
  func `a wrong authority is reported where it is wrong`(
    fields: String, expected: [String]
  ) throws {
    let text = "kind: Authority\nname: c\n\(fields)\nlifetime: 100d"
    try expect(text, expected)
  }

  @Test(
    arguments: [
      ("listen: 70000", ["5:9 \"70000\" is not a port between 1 and 65535"]),
      (
        "listen: \"::1:443\"",
        ["5:9 \"::1:443\" has an IPv6 address without brackets (write \"[::1]:443\")"]
      ),
      (
        "listen: localhost:443",
        [
          "5:9 \"localhost:443\" does not begin with an address (write it as in \"192.0.2.1:443\" or"
            + " \"[::1]:443\")"
        ]
      ),
      (
        "listen: 443\ndirectory: /etc/../x",
        ["6:12 \"/etc/../x\" has an empty or relative path segment"]
      ),
      (
        "listen: 443\ndirectory: etc",
        ["6:12 \"etc\" does not begin with a slash"]
      ),
      (
        "listen: 443\ndirectory: \"/etc/a;b\"",
        [
          "6:12 \"/etc/a;b\" has characters other than letters, digits, \"-\", \".\", \"_\", \"~\" and"
            + " \"/\""
        ]
      ),
      (
        "listen: 443\nlisteners: [{server: api, listen: 8443, routes: [{path: /}]}]",
        [
          "1:1 \"listeners\" and \"listen\" exclude each other",
          "1:1 \"listeners\" and \"routes\" exclude each other",
          "1:1 \"server\" and \"listeners\" exclude each other",
        ]
      ),
    ] as [(String, [String])])
  func `a wrong proxy is reported where it is wrong`(fields: String, expected: [String]) throws {
    let text = """
      kind: Proxy
      name: p
      software: nginx
      server: api
      \(fields)
      routes: [{path: /, upstreams: ["10.0.0.1:80"]}]
      """
    try expect(text, behind: serverToo, expected)
  }

  @Test(
    arguments: [
      ("path: //", "\"//\" has an empty or relative path segment"),
      ("path: /a/", "\"/a/\" has an empty or relative path segment"),
      ("path: /a/./b", "\"/a/./b\" has an empty or relative path segment"),
      ("path: a", "\"a\" does not begin with a slash"),
      ("path: \"/a b\"", nil), ("path: \"/a{b\"", nil), ("path: \"/a\\nb\"", nil),
      ("path: \"/a%2f\"", nil), ("path: \"/a$b\"", nil), ("path: \"/a\\\\b\"", nil),
      ("path: \"/a'b\"", nil), ("path: \"/a#b\"", nil), ("path: \"/a?b\"", nil),
      ("path: /é", nil),
      (
        "path: /, upstreams: [\"a b:80\"]",
        "\"a b:80\" is not a DNS name: labels have letters, digits and hyphens alone"
      ),
      (
        "path: /, upstreams: [\"backend\"]",
        "\"backend\" does not end with a colon and a port between 1 and 65535"
      ),
      (
        "path: /, upstreams: [\"backend;x:80\"]",
        "\"backend;x:80\" is not a DNS name: labels have letters, digits and hyphens alone"
      ),
    ] as [(String, String?)])
  func `nothing in a route can end a line of configuration`(
    route: String, message: String?
  ) throws {
    let text = """
      kind: Proxy
      name: p
      software: nginx
      server: api
      listen: 443
      routes: [{\(route)}]
      """
    let found = try decode(["a.yaml": text, "0.yaml": serverToo]).findings
    #expect(found.count == 1)
    let unfit = "has characters other than letters, digits, \"-\", \".\", \"_\", \"~\" and \"/\""
    #expect(
      message.map { $0 == found.first?.message } ?? (found.first?.message.hasSuffix(unfit) == true))
  }
}

/// The two authorities, with a server.
let serverToo =
  twoAuthorities + """
    ---
    kind: Server
    name: api
    issuer: edge
    dnsNames: [api.example.com]

    """
