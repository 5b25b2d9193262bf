import Testing

@testable import PKI

/// What policies permit, and what they refuse.
@Suite struct DecodePolicyTests {
  private static let platform = """
    kind: Policy
    name: platform
    paths: ["*.yaml"]
    permit: {kinds: [Authority, Server, Client, TrustBundle, Policy]}

    """

  private func found(_ files: [String: String]) throws -> [String] {
    var files = files
    files["0.yaml"] = serverToo
    files["policies.yaml"] = Self.platform + (files["policies.yaml"].map { "---\n" + $0 } ?? "")
    let decoded = try decode(files)
    #expect(decoded.findings.filter { !$0.isPolicyRefusal }.map(line) == [])
    #expect(decoded.isRefusedByPolicyAlone == !decoded.findings.isEmpty)
    return decoded.findings.map { "\($0.place) \($0.message)" }
  }

  @Test(arguments: [
    ("kinds: [Server]", "does not permit a Client here"),
    ("issuers: [root]", "does not permit the issuer \"edge\""),
    ("names: [\"other/*\", \"team/*/x\"]", "does not permit the name \"team/a\""),
    ("dnsNames: [\"*.other.com\"]", "does not permit the DNS name \"a.example.com\""),
    ("ipRanges: []", "does not permit the address \"10.0.0.1\""),
    ("uris: [\"https://example.com/*\"]", "does not permit the URI \"https://example.com/a/b\""),
    ("emailAddresses: [\"b@*\"]", "does not permit the mail address \"a@example.com\""),
    ("keys: [ed25519]", "does not permit the key algorithm \"ecdsa-p256\""),
    ("maxLifetime: 89d", "does not permit a lifetime of 90d, only up to 89d"),
  ])
  func `what a policy does not permit is refused`(permit: String, message: String) throws {
    let place = message.hasSuffix("here") ? "1:1" : "2:7"
    #expect(
      try found(["policies.yaml": Self.team(permit), "team/a.yaml": Self.client]) == [
        "team/a.yaml:\(place) policy \"team\" \(message)"
      ])
  }

  @Test func `what every policy permits is accepted`() throws {
    let permit = """
      kinds: [Client], issuers: [edge], names: ["team/**"], dnsNames: ["*.Example.com"], \
      ipRanges: [10.0.0.0/8], uris: ["https://example.com/**"], emailAddresses: ["*@example.com"], \
      keys: [ecdsa-p256], profiles: [], maxLifetime: 90d
      """
    #expect(
      try found([
        "policies.yaml": Self.team(permit) + "\n---\n"
          + Self.team("maxLifetime: 90d").replacing("name: team", with: "name: second"),
        "team/a.yaml": Self.client,
      ]) == [])
  }

  @Test func `a file that no policy binds is refused`() throws {
    #expect(
      try found(["elsewhere/a.yaml": Self.client]) == [
        "elsewhere/a.yaml:1:1 no policy binds \"elsewhere/a.yaml\""
      ])
  }

  @Test func `a policy is not loosened from the folder that it binds`() throws {
    let own = "kind: Policy\nname: own\npaths: [\"team/**\"]\npermit: {}"
    #expect(
      try found(["policies.yaml": Self.team("issuers: [edge]"), "team/own.yaml": own]) == [
        "team/own.yaml:1:1 policy \"own\" does not permit a Policy here",
        "team/own.yaml:1:1 policy \"team\" does not permit a Policy here",
      ])
  }

  @Test func `a revocation is permitted by the name that it ends`() throws {
    let revocations = """
      kind: Revocation
      identity: team/a
      ---
      kind: Revocation
      identity: api
      ---
      kind: Revocation
      issuer: edge
      serial: 0a
      ---
      kind: Revocation
      identity: team/a
      issuer: edge
      serial: 0b
      """
    #expect(
      try found([
        "policies.yaml": Self.team("names: [\"team/*\"]"), "team/r.yaml": revocations,
      ]) == [
        "team/r.yaml:4:1 policy \"team\" does not permit the name \"api\"",
        "team/r.yaml:7:1 policy \"team\" does not permit a revocation by serial number without"
          + " \"identity\"",
      ])
  }

  @Test func `a name that is taken over is judged too`() throws {
    let client = "kind: Client\nname: team/a\nissuer: edge\nrenamedFrom: billing"
    #expect(
      try found(["policies.yaml": Self.team("names: [\"team/*\"]"), "team/a.yaml": client]) == [
        "team/a.yaml:2:7 policy \"team\" does not permit the name \"billing\""
      ])
  }

  @Test func `a common name that reads as a host is judged as one`() throws {
    let client = "kind: Client\nname: team/a\nissuer: edge\nsubject: {commonName: bank.example.com}"
    #expect(
      try found(["policies.yaml": Self.team("dnsNames: []"), "team/a.yaml": client]) == [
        "team/a.yaml:2:7 policy \"team\" does not permit the DNS name \"bank.example.com\" as common"
          + " name"
      ])
  }

  @Test func `mistakes are told from refusals`() throws {
    let decoded = try decode([
      "0.yaml": serverToo, "policies.yaml": Self.platform, "x/a.yaml": "kind: Client\nname: x",
    ])
    #expect(decoded.findings.map(\.isPolicyRefusal) == [false, true])
    #expect(!decoded.isRefusedByPolicyAlone)
  }

  @Test(arguments: [
    ("team/**", "team/a.yaml", true), ("team/**", "team/b/a.yaml", true),
    ("team/**", "team", false),
    ("team/**", "teams/a.yaml", false), ("*.yaml", "a.yaml", true), ("*.yaml", "b/a.yaml", false),
    ("**/a.yaml", "a.yaml", true), ("**/a.yaml", "b/c/a.yaml", true),
    ("**/a.yaml", "b/ca.yaml", false), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true),
    ("a/**/b", "ab", false), ("**", "a/b/c", true), ("a**z", "a/b/z", true), ("*", "", true),
    ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("**/**/x", "x", true),
    ("?", "a", false), ("A", "a", false),
  ])
  func `a pattern matches whole paths`(pattern: String, path: String, matches: Bool) {
    #expect(Pattern(pattern).matches(path) == matches)
  }

  @Test func `a hostile pattern takes no more time than pattern times text`() {
    let pattern = Pattern(String(repeating: "*a**", count: 200) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 500)))
  }

  private static func team(_ permit: String) -> String {
    "kind: Policy\nname: team\npaths: [\"team/**\"]\npermit: {\(permit)}"
  }

  private static let client = """
    kind: Client
    name: team/a
    issuer: edge
    dnsNames: [a.example.com]
    ipAddresses: [10.0.0.1]
    uris: ["https://example.com/a/b"]
    emailAddresses: [a@example.com]
    """

  // MARK: - Policies in force

  private static let base = """
    kind: Policy
    name: platform
    paths: ["*.yaml"]
    permit: {}
    ---
    kind: Policy
    name: rules
    paths: ["policies/**"]
    permit: {kinds: [Policy], names: [platform, rules, team]}
    ---
    kind: Policy
    name: team
    paths: ["team/**"]
    permit: {kinds: [Client], maxLifetime: 90d}

    """

  /// What policies of `main` say of files that bring policies of their own.
  private func judged(_ files: [String: String], base: String = base) throws -> [String] {
    let merged = try #require(try decode(["policies/a.yaml": base]).state)
    let decoded = DesiredState.decode(
      try sources(["0.yaml": serverToo].merging(files) { $1 }),
      policiesInForce: PoliciesInForce(source: "main", policies: merged.policies))
    #expect(decoded.findings.filter { !$0.isPolicyRefusal }.map(line) == [])
    return decoded.findings.map { "\($0.place) \($0.message)" }
  }

  @Test func `a change is judged by the policies that it does not bring itself`() throws {
    let long = Self.client.replacing("issuer: edge", with: "issuer: edge\nlifetime: 180d")
    #expect(try judged(["policies/a.yaml": Self.base, "team/a.yaml": Self.client]) == [])
    let loosened = Self.base.replacing("maxLifetime: 90d", with: "maxLifetime: 365d")
    #expect(
      try judged(["policies/a.yaml": loosened, "team/a.yaml": long]) == [
        "team/a.yaml:2:7 policy \"team\" does not permit a lifetime of 180d, only up to 90d"
      ])
    // The edit alone is permitted where it stands, and then the use.
    #expect(try judged(["policies/a.yaml": loosened, "team/a.yaml": Self.client]) == [])
    #expect(try judged(["policies/a.yaml": loosened, "team/a.yaml": long], base: loosened) == [])
  }

  @Test func `a policy that is tightened counts at once, too`() throws {
    let tight = Self.base.replacing("maxLifetime: 90d", with: "maxLifetime: 30d")
    #expect(
      try judged(["policies/a.yaml": tight, "team/a.yaml": Self.client]) == [
        "team/a.yaml:2:7 policy \"team\" does not permit a lifetime of 90d, only up to 30d"
      ])
  }

  @Test func `policies are made, changed and removed where policies in force let them stand`()
    throws
  {
    let own = "kind: Policy\nname: own\npaths: [\"own/**\"]\npermit: {kinds: [Policy]}\n"
    let refused = "which no policy of main permits"
    #expect(
      try judged(["policies/a.yaml": Self.base, "own/policy.yaml": own])
        == ["own/policy.yaml:1:1 policy \"own\" is added, \(refused)"])
    #expect(
      try judged(["policies/a.yaml": Self.base, "policies/b.yaml": own]).contains {
        $0.hasSuffix("policy \"own\" is added, \(refused)")
      })
    let twice = Self.base.replacing(
      "names: [platform, rules, team]", with: "names: [\"*\"]")
    #expect(
      try judged(["policies/a.yaml": twice, "policies/b.yaml": own], base: twice) == [])
    let renamed = Self.base.replacing("name: team", with: "name: teem")
    #expect(
      try judged(["policies/a.yaml": renamed]).filter { $0.hasSuffix(refused) }
        == ["policies/a.yaml:11:1 policy \"teem\" is added, \(refused)"])
    #expect(
      try judged(["team/policies.yaml": Self.base]).filter { $0.hasSuffix(refused) }.count == 3)
    // The first policies are anybody's.
    #expect(
      try judged(["policies/a.yaml": Self.base, "team/a.yaml": Self.client], base: "---") == [])
  }

  @Test func `proxies are permitted by their names`() throws {
    let proxy = """
      kind: Proxy
      name: team/edge
      software: nginx
      directory: /etc/x
      server: api
      listen: 443
      clients: {verify: none}
      routes: [{path: /}]

      """
    func said(_ patterns: String) throws -> [String] {
      try found([
        "policies.yaml": Self.team("kinds: [Proxy], proxies: \(patterns)"), "team/a.yaml": proxy,
      ])
    }
    #expect(try said("[\"team/*\"]") == [])
    #expect(
      try said("[\"other/*\"]")
        == ["team/a.yaml:1:1 policy \"team\" does not permit the proxy \"team/edge\""])
    #expect(try said("[]").count == 1)
  }
}
