import Foundation
import Testing

/// What programs that annotate lines are told by `validate`.
@Suite struct ValidateFormatTests {
  private static let broken = [
    "clients/a b.yaml": "---\nkind: Client\nname: x\nissuer: isuing\n",
    "clients/syntax.yaml": "kind: [\n",
  ]

  private static let policy =
    "---\nkind: Policy\nname: all\npaths: [\"*.yaml\"]\npermit: {kinds: [Authority, Server, Policy]}\n"

  /// The members that the standard (sections 3.13 to 3.30) and GitHub ask for.
  private static let script = """
    import json, jsonschema, sys
    text = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
    rule = {"type": "object", "required": ["id", "shortDescription", "help"], "properties": {
      "id": {"type": "string"}, "name": {"type": "string"}, "shortDescription": text, "fullDescription": text,
      "help": text, "defaultConfiguration": {"type": "object", "properties": {"level": {"enum": ["error"]}},
      "additionalProperties": False}}, "additionalProperties": False}
    artifact = {"type": "object", "required": ["uri"], "properties": {
      "uri": {"type": "string", "pattern": "^[A-Za-z0-9%._~:/-]+$"}, "uriBaseId": {"const": "%SRCROOT%"}},
      "additionalProperties": False}
    count = {"type": "integer", "minimum": 1}
    result = {"type": "object",
      "required": ["ruleId", "level", "message", "locations", "partialFingerprints"],
      "properties": {"ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]}, "message": text,
        "locations": {"type": "array", "minItems": 1, "items": {"type": "object",
          "required": ["physicalLocation"], "properties": {"physicalLocation": {"type": "object",
            "required": ["artifactLocation", "region"], "properties": {"artifactLocation": artifact,
              "region": {"type": "object", "required": ["startLine"],
                "properties": {"startLine": count, "startColumn": count},
                "additionalProperties": False}}, "additionalProperties": False}},
          "additionalProperties": False}},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}}},
      "additionalProperties": False}
    schema = {"type": "object", "required": ["version", "runs"], "additionalProperties": False,
      "properties": {"$schema": {"type": "string"}, "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"type": "object",
          "required": ["tool", "results"], "additionalProperties": False, "properties": {
            "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {
              "type": "object", "required": ["name", "rules"], "additionalProperties": False,
              "properties": {"name": {"const": "certwright"}, "version": {"type": "string"},
                "rules": {"type": "array", "items": rule, "uniqueItems": True}}}}},
            "columnKind": {"const": "unicodeCodePoints"},
            "originalUriBaseIds": {"type": "object"},
            "invocations": {"type": "array", "items": {"type": "object",
              "required": ["executionSuccessful"]}},
            "results": {"type": "array", "items": result}}}}}}
    log = json.load(sys.stdin)
    jsonschema.validate(log, schema)
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for item in run["results"]:
        assert rules[item["ruleIndex"]] == item["ruleId"], item
        place = item["locations"][0]["physicalLocation"]
        print(item["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"],
          place["region"].get("startColumn"), item["message"]["text"])
    """

  private func judge(_ sarif: String) throws -> [String] {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../..").standardizedFileURL
    return try Tool.check(
      [package.appending(path: ".build/test-python/bin/python3").path, "-c", Self.script],
      input: sarif
    ).split(separator: "\n").map(String.init)
  }

  @Test func `a code scanner gets every finding with rule, file, line and column`() throws {
    let world = try World(Sample.files.merging(Self.broken) { $1 })
    let outcome = try world.certwright(["validate", "--format", "sarif"]).expect(1)
    let lines = try judge(outcome.output)
    #expect(
      lines.first
        == "desired-state desired-state/clients/a%20b.yaml 4 9 issuer \"isuing\" is not declared. "
        + "Hint: did you mean \"issuing\"?.")
    #expect(lines.contains { $0.hasPrefix("yaml-syntax desired-state/clients/syntax.yaml 2 1 ") })
    #expect(lines.count == 2)
    // People read the same beside it.
    #expect(outcome.errors.contains("certwright: error: clients/a b.yaml:4:9: issuer \"isuing\""))
  }

  @Test func `no findings are an empty list and exit code 0`() throws {
    let world = try World()
    let sarif = try world.certwright(["validate", "--format", "sarif"]).expect()
    #expect(try judge(sarif.output) == [])
    #expect(try world.certwright(["validate", "--format", "gitlab"]).expect().output == "[]\n")
    let json = try world.certwright(["validate", "--format", "json"]).expect()
    #expect(json.output.contains("\"valid\": true"))
    #expect(json.output.contains("\"summary\": \"2 authorities, 2 identities,"))
    try world.certwright(["validate"]).expect(says: ": no findings\n")
  }

  @Test func `a policy's refusal is its own rule and exit code 3`() throws {
    let world = try World(Sample.files.merging(["policy.yaml": Self.policy]) { $1 })
    let sarif = try world.certwright(["validate", "--format", "sarif"]).expect(3)
    #expect(try judge(sarif.output).allSatisfy { $0.hasPrefix("policy desired-state/") })
    let gitlab = try world.certwright(["validate", "--format", "gitlab"]).expect(3)
    #expect(gitlab.output.contains("\"severity\": \"blocker\""))
  }

  @Test func `GitLab's report has the members that it asks for`() throws {
    let world = try World(Sample.files.merging(Self.broken) { $1 })
    let outcome = try world.certwright(["validate", "--worktree", "--format", "gitlab"]).expect(1)
    struct Issue: Decodable {
      struct Location: Decodable {
        struct Lines: Decodable { let begin: Int }
        let path: String
        let lines: Lines
      }
      let description, checkName, fingerprint, severity: String
      let location: Location
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let issues = try decoder.decode([Issue].self, from: Data(outcome.output.utf8))
    #expect(
      issues.map(\.location.path) == [
        "desired-state/clients/a b.yaml", "desired-state/clients/syntax.yaml",
      ])
    #expect(issues.map(\.location.lines.begin) == [4, 2])
    #expect(issues.map(\.checkName) == ["desired-state", "yaml-syntax"])
    #expect(Set(issues.map(\.fingerprint)).count == 2)
  }

  @Test func `paths count from the root of the repository, whatever the folder`() throws {
    let world = try World(Sample.files.merging(Self.broken) { $1 })
    try world.git("mv", "desired-state", "pki lab")
    try world.git("commit", "-q", "-m", "moved")
    let outcome = try world.certwright(["validate", "--path", "pki lab/", "--format", "sarif"])
      .expect(1)
    #expect(
      try judge(outcome.output).first?.hasPrefix(
        "desired-state pki%20lab/clients/a%20b.yaml 4 9 ") == true)
    try world.certwright(["validate", "--format", "html"]).expect(64)
  }
}
