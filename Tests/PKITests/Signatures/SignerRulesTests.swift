import Testing
import YAML

@testable import PKI

/// Which signatures which files need.
struct SignerRulesTests {
  private func decode(_ text: String) throws -> (rules: SignerRules, findings: [String]) {
    let nodes = try YAMLReader.documents(in: Array(text.utf8), file: "rules")
    let (rules, findings) = SignerRules.decode(nodes, file: "rules")
    return (rules, findings.map { "\($0.place.line):\($0.place.column) \($0.message)" })
  }

  private func signer(_ name: String, key: String? = nil) -> VerifiedSigner {
    VerifiedSigner(fingerprint: key ?? "SHA256:\(name)", principals: [name])
  }

  private static let policy = """
    rules:
    - paths: ["clients/payments/**"]
      principals: ["*@payments.example.com", "!eve@payments.example.com"]
    - paths: ["*.yaml"]
      principals: ["*@platform.example.com"]
    - kinds: [Authority, Revocation]
      quorum: 2
      principals: ["*@platform.example.com"]
    """

  private func problems(
    _ path: String, _ kinds: Set<String>?, _ signers: VerifiedSigner...
  ) throws -> [String] {
    let (rules, findings) = try decode(Self.policy)
    #expect(findings == [])
    return rules.problems(
      of: SignerRules.ChangedFile(path: path, kinds: kinds), signers: Set(signers))
  }

  @Test func `a file needs every rule that binds it`() throws {
    let pay = signer("ada@payments.example.com")
    let (bob, carl) = (signer("bob@platform.example.com"), signer("carl@platform.example.com"))
    #expect(try problems("clients/payments/a.yaml", ["Client"], pay) == [])
    #expect(try problems("clients/payments/a.yaml", ["Client"], bob).count == 1)
    #expect(try problems("clients/payments/a.yaml", ["Revocation"], pay, bob).count == 1)
    #expect(try problems("clients/payments/a.yaml", ["Revocation"], pay, bob, carl) == [])
    #expect(try problems("clients/payments/a.yaml", ["Revocation"], bob, carl).count == 1)
    #expect(try problems("authorities.yaml", ["Authority"], bob).count == 1)
    #expect(
      try problems("clients/payments/a.yaml", ["Client"], signer("eve@payments.example.com"))
        .count == 1)
  }

  @Test func `a file that no rule binds, and one that cannot be read, are refused`() throws {
    let bob = signer("bob@platform.example.com")
    #expect(try problems("other/a.yaml", ["Client"], bob) == ["no rule says who may sign it"])
    #expect(try problems("a.yaml", nil, bob).count == 1)
  }

  @Test func `one person is one signer, under whatever keys and names`() throws {
    let first = signer("bob@platform.example.com", key: "SHA256:1")
    let sameName = signer("bob@platform.example.com", key: "SHA256:2")
    let sameKey = signer("carl@platform.example.com", key: "SHA256:1")
    #expect(try problems("a.yaml", ["Authority"], first, sameName).count == 1)
    #expect(try problems("a.yaml", ["Authority"], first, sameKey).count == 1)
    // The second key joins what looked like two people.
    let other = signer("dora@platform.example.com", key: "SHA256:2")
    let bridge = VerifiedSigner(
      fingerprint: "SHA256:2",
      principals: ["bob@platform.example.com", "dora@platform.example.com"])
    #expect(VerifiedSigner.count([first, other]) == 2)
    #expect(VerifiedSigner.count([first, other, bridge]) == 1)
    #expect(VerifiedSigner.count([bridge, first, other, sameKey, sameName]) == 1)
  }

  @Test func `mistakes in the rules are findings with their places`() throws {
    let (_, findings) = try decode(
      """
      rules:
      - principals: [a]
      - paths: [x]
      - {kinds: [Clientt], principals: [a]}
      - {paths: [x], principals: [a], quorum: 0}
      - {paths: [x], principals: [], quorums: 2}
      other: 1
      """)
    #expect(
      findings == [
        "2:3 \"paths\" or \"kinds\" is missing",
        "3:3 \"principals\" is missing",
        "4:12 \"Clientt\" is not a kind of document",
        "5:41 \"quorum\" must be a whole number from 1 to 100, not a single value",
        "6:28 \"principals\" is an empty list",
        "6:32 \"quorums\" is not a field of a rule",
        "7:1 \"other\" is not a field of a signers policy",
      ])
    #expect(try decode("").findings == ["1:1 the file is empty"])
    #expect(try decode("rules: []\n").findings.count == 1)
    #expect(try decode("- a\n").findings.count == 1)
    #expect(try decode("a: 1\n---\nb: 1\n").findings.count == 1)
  }

  @Test func `the kinds of a change are those of the documents that differ`() throws {
    func kinds(_ old: String, _ new: String) throws -> Set<String> {
      SignerRules.kinds(
        changedFrom: try YAMLReader.documents(in: Array(old.utf8), file: "f"),
        to: try YAMLReader.documents(in: Array(new.utf8), file: "f"))
    }
    let authority = "kind: Authority\nname: a\n"
    let client = "kind: Client\nname: c\n"
    #expect(try kinds(authority + "---\n" + client, client + "---\n# moved\n" + authority) == [])
    #expect(try kinds(authority, authority + "---\n" + client) == ["Client"])
    #expect(try kinds(authority + "---\n" + client, client) == ["Authority"])
    #expect(try kinds(client, "kind: Client\nname: \"c\"\n") == ["Client"])
    #expect(try kinds(client, client + "---\n" + client) == ["Client"])
    #expect(try kinds("", "kind: Revocation\n") == ["Revocation"])
  }
}
