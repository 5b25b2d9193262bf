import PKI
import Testing
import YAML

/// Decodes YAML texts by file: in order, and each alone, which must say the same.
func decode(
  _ texts: [String: String],
  requests: [String: Result<CertificationRequest, RequestProblem>] = [:]
) throws -> Decoded {
  let files = try sources(texts)
  let decoded = DesiredState.decode(files, requests: requests)
  if let apart = DesiredState.decode(files.map(DeclaredFile.init), requests: requests) {
    #expect(apart.findings == decoded.findings)
    #expect(apart.state == decoded.state)
  }
  return decoded
}

func sources(_ texts: [String: String]) throws -> [SourceFile] {
  try texts.map { path, text in
    SourceFile(path: path, documents: try YAMLReader.documents(in: Array(text.utf8), file: path))
  }
}

/// Findings of one file as people see them: `line:column message (hint)`.
func findings(_ text: String, behind prelude: String = "") throws -> [String] {
  try decode(["a.yaml": text, "0.yaml": prelude.isEmpty ? "---" : prelude]).findings.map(line)
}

func line(_ finding: Finding) -> String {
  let place =
    finding.place.file == "a.yaml"
    ? "\(finding.place.line):\(finding.place.column)" : finding.place.description
  return "\(place) \(finding.message)" + (finding.hint.map { " (\($0))" } ?? "")
}

/// Everything in a value but where it was written, to compare states of different files.
func outline(_ value: Any) -> String {
  switch value {
  case is Place: return "-"
  case is FieldPlaces: return "-"
  case let name as Name: return name.text
  default: break
  }
  let mirror = Mirror(reflecting: value)
  guard !mirror.children.isEmpty else { return String(describing: value) }
  var parts = mirror.children.map { ($0.label.map { "\($0)=" } ?? "") + outline($0.value) }
  if mirror.displayStyle == .dictionary || mirror.displayStyle == .set { parts.sort() }
  return "\(type(of: value))(\(parts.joined(separator: " ")))"
}

/// A name that a test knows to be one.
func name(_ text: String) throws -> Name { try #require(Name(text)) }

/// A root and an issuing authority that most tests need.
let twoAuthorities = """
  kind: Authority
  name: root
  subject: {commonName: Root, organization: Example, country: US}
  lifetime: 3650d
  ---
  kind: Authority
  name: edge
  issuer: root
  subject: {commonName: Edge, organization: Example, country: US}
  lifetime: 1095d

  """

/// Clients of `edge`, a server, and a trust bundle of its own clients.
func people(_ clients: String, _ lines: String = "") -> String {
  """

  ---
  kind: Server
  name: front
  issuer: edge
  dnsNames: [localhost]
  ---
  kind: TrustBundle
  name: clients
  authorities: [edge]
  ---
  kind: Client
  names: [\(clients)]
  issuer: edge
  \(lines)

  """
}
