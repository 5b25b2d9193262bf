/// Which signers a change needs: the host's own file beside the allowed signers.
package struct SignerRules: Hashable, Sendable {
  package struct Rule: Hashable, Sendable {
    /// Patterns of files below the desired-state folder; nil binds all.
    let paths: [String]?
    /// Kinds of document; nil binds all files, also those that hold no documents.
    let kinds: [String]?
    let principals: SSHPatternList
    /// How many different people must have signed.
    let quorum: Int
  }

  let rules: [Rule]

  /// A file that changed between what is applied and what is desired.
  package struct ChangedFile: Hashable, Sendable {
    package let path: String
    /// The kinds of documents that differ; nil when the file cannot be read, which counts as all.
    package let kinds: Set<String>?

    package init(path: String, kinds: Set<String>?) {
      self.path = path
      self.kinds = kinds
    }
  }

  /// Why a file may not be applied yet, as sentences about it; none when all rules are met.
  ///
  /// A file must satisfy every rule that binds it, and one that no rule binds is refused: a rule
  /// that was forgotten must not be a door.
  package func problems(of file: ChangedFile, signers: Set<VerifiedSigner>) -> [String] {
    let binding = rules.filter { $0.binds(file) }
    guard !binding.isEmpty else { return ["no rule says who may sign it"] }
    return binding.compactMap { rule in
      let fitting = signers.filter { signer in
        signer.principals.contains(where: rule.principals.matches)
      }
      let count = VerifiedSigner.count(fitting)
      guard count < rule.quorum else { return nil }
      let who = rule.principals.elements.map { ($0.isNegated ? "!" : "") + $0.text }
      return "\(Reason.count(rule.quorum, "signature")) of \(listed(who, "or")) needed, "
        + (count == 0 ? "none there" : "\(count) there")
    }
  }
}

extension SignerRules.Rule {
  fileprivate func binds(_ file: SignerRules.ChangedFile) -> Bool {
    if let paths, !paths.contains(where: { Pattern($0).matches(file.path) }) { return false }
    guard let kinds else { return true }
    return file.kinds.map { !$0.isDisjoint(with: kinds) } ?? true
  }
}

// MARK: - Reading

extension SignerRules {
  /// Reads the one document of a file.
  package static func decode(
    _ documents: [Node], file: String
  ) -> (rules: SignerRules, findings: [Finding]) {
    let findings = FindingCollector()
    let start = Place(file: file, line: 1, column: 1)
    var rules: [Rule] = []
    switch documents.count {
    case 1:
      let context = FieldContext(name: "rules", findings: findings)
      rules = RuleFields.file.read(documents[0], context) ?? []
    case 0: findings.add(start, "the file is empty", hint: "write a list of rules under \"rules\"")
    default: findings.add(documents[1].place, "the file holds more than one document")
    }
    return (SignerRules(rules: rules), findings.sorted)
  }
}

private enum RuleFields {
  static let rules = Field(
    "rules", .list(of: .mapping(rule)), required: true, "Who must sign what.",
    example: [["paths": ["**"], "principals": ["*@example.com"]]])

  static let file = Shape<[SignerRules.Rule]>.mapping(
    MappingShape(noun: "a signers policy", fields: [rules.description]) { decoder in
      decoder.take(rules)?.map(\.value)
    })

  private static let paths = Field(
    "paths", .list(of: .pattern("a pattern of paths")),
    "Files below the desired-state folder, with * and **.", example: ["payments/**"])
  private static let kinds = Field(
    "kinds", .list(of: .kindName), "Kinds of document.", example: ["Authority"])
  private static let principals = Field(
    "principals", .list(of: .text("a principal")), required: true,
    "Patterns of the names of signers.", example: ["*@example.com"])
  private static let quorum = Field(
    "quorum", .integer(1...100), "How many different people must have signed.", example: 2)

  private static let rule = MappingShape<SignerRules.Rule>(
    noun: "a rule",
    fields: [paths.description, kinds.description, principals.description, quorum.description],
    rules: [.atLeastOne(["paths", "kinds"])]
  ) { decoder in
    let paths = decoder.take(paths)?.map(\.value)
    let kinds = decoder.take(kinds)?.map(\.value)
    let principals = decoder.take(principals)?.map(\.value)
    // A field that is there and wrong is a finding, and must not pass for one left out.
    let quorum = decoder.take(quorum)
    return principals.map {
      SignerRules.Rule(
        paths: paths, kinds: kinds, principals: SSHPatternList($0), quorum: quorum ?? 1)
    }
  }
}

// MARK: - Documents

extension SignerRules {
  /// The kinds of documents that one version of a file has and the other has not.
  package static func kinds(changedFrom old: [Node], to new: [Node]) -> Set<String> {
    let (before, after) = (old.map(\.content), new.map(\.content))
    var kinds: Set<String> = []
    for (node, content) in zip(old, before) where !after.contains(content) {
      kinds.insert(node.kindName)
    }
    for (node, content) in zip(new, after) where !before.contains(content) {
      kinds.insert(node.kindName)
    }
    // The same documents in another order or another number change nothing but their count.
    if kinds.isEmpty, before.count != after.count { kinds = Set((old + new).map(\.kindName)) }
    return kinds
  }
}

extension Node {
  fileprivate var kindName: String {
    guard case .mapping(let entries, _) = self,
      case .scalar(let scalar)? = entries.first(where: { $0.key.text == "kind" })?.value
    else { return "" }
    return scalar.text
  }

  /// What the node says, without places: equal for equal documents alone.
  fileprivate var content: String {
    switch self {
    case .scalar(let scalar):
      "\(scalar.isPlain ? "p" : "q")\(scalar.text.utf8.count):\(scalar.text)"
    case .sequence(let nodes, _): "[\(nodes.map(\.content).joined())]"
    case .mapping(let entries, _):
      "{"
        + entries.map { "\($0.key.text.utf8.count):\($0.key.text)\($0.value.content)" }
        .joined() + "}"
    }
  }
}
