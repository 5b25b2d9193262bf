import Foundation
import PKI
import Testing
import YAML

/// The JSON Schema and the decoder agree.
@Suite struct SchemaTests {
  @Test func `the schema is the same text every time and valid for its draft`() throws {
    #expect(DesiredStateSchema.text == DesiredStateSchema.text)
    #expect(
      DesiredStateSchema.text.hasPrefix("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12")
    )
    #expect(try Self.judge([]) == [])
  }

  @Test func `every document that the decoder accepts fits the schema`() throws {
    var texts = Array(Examples.documented.values) + [Examples.guide, twoAuthorities, serverToo]
    texts += Self.everyField
    #expect(try Self.judge(texts) == texts.map { _ in true })
  }

  @Test func `every field of every kind can be written`() throws {
    let requests = [
      "a.csr": Result<CertificationRequest, RequestProblem>.success(
        try request("a.csr", key: 7))
    ]
    let decoded = try decode(
      ["a.yaml": Self.everyField.joined(separator: "\n---\n")], requests: requests)
    #expect(decoded.findings.map(line) == [])
  }

  @Test func `a structurally wrong document is refused by decoder and schema`() throws {
    for text in Self.wrong { #expect(try !findings(text, behind: serverToo).isEmpty, "\(text)") }
    let verdicts = try Self.judge(Self.wrong)
    for (text, verdict) in zip(Self.wrong, verdicts) { #expect(!verdict, "\(text)") }
  }

  /// Documents that together use every field there is.
  static let everyField = [
    """
    kind: Authority
    name: root
    subject: {country: US, stateOrProvince: S, locality: L, organization: O, organizationalUnit: [A, 1], commonName: 42, emailAddress: a@example.com}
    lifetime: 3650d
    key: rsa-4096
    renewBefore: 2000d
    crl: {lifetime: 30d, refreshBefore: 10d, distributionPoints: ["http://crl.example.com/root.crl"]}
    issuerUrl: http://crl.example.com/root.der
    nameConstraints:
      permitted: {dnsNames: [example.com], ipRanges: [10.0.0.0/8, "2001:db8::/32"], uriDomains: [.example.com, example.com], emailAddresses: [example.com]}
      excluded: {dnsNames: [secret.example.com]}
    pathLength: 1
    subjectRules: {country: optional, stateOrProvince: optional, locality: optional, organization: match, organizationalUnit: optional, commonName: supplied, emailAddress: optional}
    protected: true
    """,
    """
    kind: Authority
    name: edge
    issuer: root
    subject: {organization: O, commonName: Edge, organizationalUnit: One}
    lifetime: 1000d
    protected: false
    """,
    """
    kind: Authority
    name: strict
    issuer: root
    subject: {organization: O, commonName: Strict}
    lifetime: 1000d
    subjectRules: loose
    """,
    """
    kind: Profile
    name: p
    lifetime: 30d
    renewBefore: 10d
    key: ecdsa-p384
    subject: {organization: O}
    keyUsage: [digitalSignature, keyAgreement]
    extendedKeyUsage: [codeSigning, 1.3.6.1.4.1.311.20.2.2]
    rotation: never
    """,
    """
    kind: Server
    name: web
    issuer: edge
    profile: p
    dnsNames: [web.example.com, No.Example.com]
    ipAddresses: [10.0.0.1, "2001:db8::1"]
    uris: ["https://example.com/{name}"]
    emailAddresses: [web@example.com]
    lifetime: 20d
    renewBefore: 5d
    key: rsa-2048
    keyUsage: [digitalSignature, keyEncipherment]
    extendedKeyUsage: [emailProtection]
    rotation: always
    onRemoval: revoke
    protected: true
    renamedFrom: old-web
    subject: {commonName: ~}
    """,
    """
    kind: Client
    name: asker
    issuer: edge
    request: a.csr
    """,
    "kind: Peer\nnames: [peer/1, 2, 1e5, true]\nissuer: edge",
    "kind: Revocation\nidentity: gone\nissuedBefore: 2026-11-23T15:04:05Z\nreason: superseded",
    "kind: Revocation\nauthority: former\nreason: cACompromise",
    "kind: Revocation\nissuer: edge\nserial: 1234\nreason: certificateHold\nreleased: true",
    "kind: Revocation\nidentity: gone\nissuer: edge\nserial: 0A:1B",
    "kind: TrustBundle\nname: t\nauthorities: [edge]\nprotected: true",
    """
    kind: Proxy
    name: one
    software: apache
    directory: /srv/x
    server: web
    listen: 192.0.2.1:443
    clients: {trust: t, verify: required, allow: [asker]}
    addresses: [10.0.0.0/8]
    protected: false
    routes:
      - {path: /, upstreams: [backend:80, "[2001:db8::1]:80"], verify: optional, allow: [asker], addresses: [10.1.0.0/16], identities: [asker]}
    """,
    "kind: Proxy\nname: two\nsoftware: haproxy\nlisteners: [{server: web, listen: 80, routes: [{path: /}]}]",
    """
    kind: Policy
    name: all
    paths: ["**"]
    permit:
      kinds: [Authority, Server, Client, Peer, Profile, Revocation, TrustBundle, Proxy, Policy, Settings]
      names: ["**"]
      dnsNames: ["*"]
      ipRanges: [10.0.0.0/8, "2001:db8::/32"]
      uris: ["**"]
      emailAddresses: ["*"]
      keys: [rsa-4096, rsa-2048, ecdsa-p256]
      profiles: [p]
      maxLifetime: 3650d
    """,
    "kind: Policy\nname: none\npaths: [none/*]\npermit: {issuers: []}",
    "kind: Settings\nname: s\nlimits: {issues: 5, reissues: 10%, revocations: 0, retirements: 100%, removedFiles: 7, minimum: 3}\npublish: {branch: a/b}",
  ]

  static let wrong = [
    "name: a", "kind: Nothing", "kind: 7", "[]", "text",
    "kind: Client\nname: a", "kind: Client\nissuer: edge", "kind: Client\nname: a\nissuer: [edge]",
    "kind: Client\nname: a\nissuer: edge\nnope: 1", "kind: Client\nname: ~\nissuer: edge",
    "kind: Client\nname: A\nissuer: edge", "kind: Client\nname: a/\nissuer: edge",
    "kind: Client\nname: a\nnames: [b]\nissuer: edge", "kind: Client\nnames: []\nissuer: edge",
    "kind: Client\nnames: [a]\nrenamedFrom: b\nissuer: edge",
    "kind: Client\nname: a\nissuer: edge\nlifetime: 90",
    "kind: Client\nname: a\nissuer: edge\nlifetime: 090d",
    "kind: Client\nname: a\nissuer: edge\nkey: dsa",
    "kind: Client\nname: a\nissuer: edge\nkey: ed25519\nrequest: a",
    "kind: Client\nname: a\nissuer: edge\nprotected: \"true\"",
    "kind: Client\nname: a\nissuer: edge\nprotected: 1",
    "kind: Client\nname: a\nissuer: edge\nuris: https://a/",
    "kind: Client\nname: a\nissuer: edge\nuris: [[a]]",
    "kind: Client\nname: a\nissuer: edge\nsubject: x",
    "kind: Client\nname: a\nissuer: edge\nsubject: {cn: x}",
    "kind: Client\nname: a\nissuer: edge\nsubject: {organization: ~}",
    "kind: Client\nname: a\nissuer: edge\nsubject: {organization: [x]}",
    "kind: Client\nname: a\nissuer: edge\nrotation: sometimes",
    "kind: Client\nname: a\nissuer: edge\nonRemoval: keep",
    "kind: Client\nname: a\nissuer: edge\nkeyUsage: [cRLSign]",
    "kind: Client\nname: a\nissuer: edge\nkeyUsage: digitalSignature",
    "kind: Server\nname: a\nissuer: edge",
    "kind: Authority\nname: a\nlifetime: 1d", "kind: Authority\nname: a\nsubject: {commonName: A}",
    "kind: Authority\nname: a\nsubject: {commonName: ~}\nlifetime: 1d",
    "kind: Authority\nname: a\nsubject: {commonName: A}\nlifetime: 1d\npathLength: -1",
    "kind: Authority\nname: a\nsubject: {commonName: A}\nlifetime: 1d\npathLength: 1.5",
    "kind: Authority\nname: a\nsubject: {commonName: A}\nlifetime: 1d\ncrl: {every: 1d}",
    "kind: Authority\nname: a\nsubject: {commonName: A}\nlifetime: 1d\nsubjectRules: {country: maybe}",
    "kind: Authority\nname: a\nsubject: {commonName: A}\nlifetime: 1d\nnameConstraints: {}",
    "kind: Authority\nname: a\nsubject: {commonName: A}\nlifetime: 1d\nnameConstraints: {permitted: {dns: [a]}}",
    "kind: Profile\nlifetime: 1d", "kind: Profile\nname: a\nrequest: b",
    "kind: Revocation", "kind: Revocation\nidentity: a\nauthority: b",
    "kind: Revocation\nissuer: a",
    "kind: Revocation\nserial: 12", "kind: Revocation\nauthority: a\nissuer: b\nserial: 12",
    "kind: Revocation\nidentity: a\nissuedBefore: 2026-01-01\nissuer: b\nserial: 12",
    "kind: Revocation\nissuedBefore: 2026-01-01",
    "kind: Revocation\nidentity: a\nreason: aACompromise",
    "kind: Revocation\nidentity: a\nreleased: true",
    "kind: TrustBundle\nname: a", "kind: TrustBundle\nname: a\nauthorities: []",
    "kind: Proxy\nname: a\nsoftware: nginx",
    "kind: Proxy\nname: a\nsoftware: envoy\nserver: api\nlisten: 1\nroutes: [{path: /}]",
    "kind: Proxy\nname: a\nsoftware: nginx\nserver: api\nroutes: [{path: /}]",
    "kind: Proxy\nname: a\nsoftware: nginx\nserver: api\nlisten: 1",
    "kind: Proxy\nname: a\nsoftware: nginx\nserver: api\nlisten: 0\nroutes: [{path: /}]",
    "kind: Proxy\nname: a\nsoftware: nginx\nlisteners: []",
    "kind: Proxy\nname: a\nsoftware: nginx\nlisten: 1\nlisteners: [{server: api, listen: 1, routes: [{path: /}]}]",
    "kind: Proxy\nname: a\nsoftware: nginx\nlisteners: [{server: api, listen: 1, routes: [{upstreams: [\"a:1\"]}]}]",
    "kind: Proxy\nname: a\nsoftware: nginx\nserver: api\nlisten: 1\nroutes: [{path: /}]\nclients: {trust: t}",
    "kind: Policy\nname: a\npermit: {}", "kind: Policy\nname: a\npaths: [a]",
    "kind: Policy\nname: a\npaths: [a]\npermit: {kinds: [Clint]}",
    "kind: Settings\nname: s\nlimits: {revocations: 101%}",
    "kind: Settings\nname: s\nlimits: {minimum: 10%}",
    "kind: Settings\nname: s\npublish: {}",
  ]

  /// Whether all documents of each text fit the schema, by Python's jsonschema and a YAML 1.2 core
  /// schema reader.
  static func judge(_ texts: [String]) throws -> [Bool] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try DesiredStateSchema.text.write(
      to: folder.appending(path: "schema.json"), atomically: true, encoding: .utf8)
    try JSONEncoder().encode(texts).write(to: folder.appending(path: "texts.json"))
    let process = Process()
    // The interpreter that scripts/setup made, not whatever the shell finds.
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    process.executableURL = package.appending(path: ".build/test-python/bin/python3")
    process.arguments = ["-c", judgeScript, folder.path()]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try JSONDecoder().decode([Bool].self, from: bytes)
  }

  private static let judgeScript = """
    import json, re, sys, yaml, jsonschema
    folder = sys.argv[1]
    schema = json.load(open(folder + "/schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    class Core(yaml.SafeLoader):
        yaml_implicit_resolvers = {}
    def add(tag, pattern, first):
        Core.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)
    add("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF"))
    add("int", r"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789"))
    add("float", r"^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+.0123456789"))
    add("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""])
    Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, 10))
    def fits(text):
        return all(validator.is_valid(d) for d in yaml.load_all(text, Core) if d is not None)
    print(json.dumps([fits(t) for t in json.load(open(folder + "/texts.json"))]))
    """
}
