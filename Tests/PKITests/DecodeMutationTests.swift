import PKI
import Testing
import YAML

/// Valid documents with something changed: nothing makes the decoder fail, and whatever it accepts
/// fits the schema.
@Suite struct DecodeMutationTests {
  @Test func `whatever the decoder accepts fits the schema`() throws {
    var random = Seeded(7)
    let documents = try SchemaTests.everyField.map { text in
      try #require(try YAMLReader.documents(in: Array(text.utf8), file: "a.yaml").first)
    }
    let requests = [
      "a.csr": Result<CertificationRequest, RequestProblem>.success(try request("a.csr", key: 7))
    ]
    var accepted: [String] = []
    var refused = 0
    for _ in 0..<400 {
      var mutated = documents
      let index = Int.random(in: 0..<documents.count, using: &random)
      mutated[index] = Self.mutate(documents[index], using: &random)
      let decoded = DesiredState.decode(
        [SourceFile(path: "a.yaml", documents: mutated)], requests: requests)
      if decoded.state != nil {
        accepted.append(Self.text(mutated[index]))
      } else {
        refused += 1
        #expect(!decoded.findings.isEmpty)
      }
    }
    #expect(accepted.count > 40 && refused > 40, "\(accepted.count) accepted, \(refused) refused")
    for (text, fits) in zip(accepted, try SchemaTests.judge(accepted)) {
      #expect(fits, "\(text)")
    }
  }

  private static let scalars = [
    "~", "1", "0", "-1", "1.5", "true", "false", "x", "", "90d", "1d", "edge", "{name}", "10%",
    "2026-01-01", "a.example.com", "10.0.0.1", "none", "é", "rsa-2048", "web",
  ]

  /// Changes one value, or leaves out, doubles or renames an entry, somewhere in the tree.
  private static func mutate(_ node: Node, using random: inout Seeded) -> Node {
    switch node {
    case .scalar(let scalar):
      let text = scalars[Int.random(in: 0..<scalars.count, using: &random)]
      let other = Node.scalar(
        Node.Scalar(text: text, isPlain: Bool.random(using: &random), place: scalar.place))
      return Int.random(in: 0..<6, using: &random) == 0 ? .sequence([other], scalar.place) : other
    case .sequence(var elements, let place):
      guard !elements.isEmpty else { return .sequence([node], place) }
      let index = Int.random(in: 0..<elements.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: elements.remove(at: index)
      case 1: elements.append(elements[index])
      default: elements[index] = mutate(elements[index], using: &random)
      }
      return .sequence(elements, place)
    case .mapping(var entries, let place):
      guard !entries.isEmpty else { return node }
      let index = Int.random(in: 0..<entries.count, using: &random)
      let entry = entries[index]
      switch Int.random(in: 0..<8, using: &random) {
      case 0: entries.remove(at: index)
      case 1:
        let key = Node.Scalar(text: entry.key.text + "s", isPlain: true, place: entry.key.place)
        entries[index] = Node.Entry(key: key, value: entry.value)
      default:
        entries[index] = Node.Entry(key: entry.key, value: mutate(entry.value, using: &random))
      }
      return .mapping(entries, place)
    }
  }

  /// Flow style, for a reader of another make.
  private static func text(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar):
      let isSafe = scalar.isPlain && !scalar.text.contains { "{}[],:*\"#".contains($0) }
      return isSafe ? scalar.text : "\"\(scalar.text.replacing("\"", with: "\\\""))\""
    case .sequence(let elements, _): return "[\(elements.map(text).joined(separator: ", "))]"
    case .mapping(let entries, _):
      return "{\(entries.map { "\($0.key.text): \(text($0.value))" }.joined(separator: ", "))}"
    }
  }
}
