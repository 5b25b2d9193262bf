import Crypto

/// What `validate` found, for the programs that show findings beside the lines of a change.
package struct FindingReport {
  private let findings: [Finding]
  private let folder: String

  /// - Parameter folder: the folder of desired state below the repository's root, since the places
  ///   of findings count from that folder and those programs count from the root.
  package init(_ findings: [Finding], below folder: String) {
    self.findings = findings
    self.folder = folder
  }

  /// Every finding, with paths from the root, and the line that people get when there is none.
  package func json(summary: String?) -> JSON {
    .members([
      ("format_version", .int(1)), ("valid", .bool(findings.isEmpty)),
      ("summary", summary.map { .string($0) }),
      (
        "findings",
        .array(
          findings.map { finding in
            .members([
              ("rule", .string(finding.rule.id)), ("file", .string(path(of: finding))),
              ("line", .int(finding.place.line)), ("column", .int(finding.place.column)),
              ("message", .string(finding.message)), ("hint", finding.hint.map { .string($0) }),
            ])
          })
      ),
    ])
  }

  // MARK: - SARIF

  /// GitHub refuses a run with more results.
  private static let mostResults = 20_000

  /// A log in the Static Analysis Results Interchange Format 2.1.0 (OASIS standard).
  package func sarif(version: String) -> JSON {
    .members([
      ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
      ("version", .string("2.1.0")),
      (
        "runs",
        .array([
          .members([
            ("tool", .members([("driver", driver(version: version))])),
            // Columns count code points here, and UTF-16 units where nothing is said (3.14.17).
            ("columnKind", .string("unicodeCodePoints")),
            (
              "originalUriBaseIds",
              .members([
                (
                  "%SRCROOT%",
                  .members([
                    (
                      "description",
                      .members([("text", .string("The root of the repository."))])
                    )
                  ])
                )
              ])
            ),
            ("invocations", .array([invocation])),
            ("results", .array(zip(findings, fingerprints).prefix(Self.mostResults).map(result))),
          ])
        ])
      ),
    ])
  }

  private func driver(version: String) -> JSON {
    .members([
      ("name", .string("certwright")), ("version", .string(version)),
      (
        "rules",
        .array(
          FindingRule.all.map { rule in
            .members([
              ("id", .string(rule.id)), ("name", .string(rule.name)),
              ("shortDescription", .members([("text", .string(rule.title + "."))])),
              ("fullDescription", .members([("text", .string(rule.help))])),
              ("help", .members([("text", .string(rule.help))])),
              ("defaultConfiguration", .members([("level", .string("error"))])),
            ])
          })
      ),
    ])
  }

  /// The run did its work whatever it found (3.20.14); what has no room is said.
  private var invocation: JSON {
    let hidden = findings.count - Self.mostResults
    return .members([
      ("executionSuccessful", .bool(true)),
      (
        "toolExecutionNotifications",
        hidden > 0
          ? .array([
            .members([
              ("level", .string("warning")),
              ("message", .members([("text", .string("\(hidden) more findings are left out."))])),
            ])
          ]) : nil
      ),
    ])
  }

  private func result(_ finding: Finding, _ fingerprint: String) -> JSON {
    .members([
      ("ruleId", .string(finding.rule.id)),
      ("ruleIndex", FindingRule.all.firstIndex(of: finding.rule).map { .int($0) }),
      ("level", .string("error")),
      ("message", .members([("text", .string(plain(finding.text) + "."))])),
      (
        "locations",
        .array([
          .members([
            (
              "physicalLocation",
              .members([
                ("artifactLocation", location(of: finding)),
                (
                  "region",
                  .members([
                    ("startLine", .int(max(1, finding.place.line))),
                    ("startColumn", .int(max(1, finding.place.column))),
                  ])
                ),
              ])
            )
          ])
        ])
      ),
      ("partialFingerprints", .members([("certwright/v1", .string(fingerprint))])),
    ])
  }

  /// Viewers make links of `[text](address)` in plain messages too (3.11.6).
  private func plain(_ text: String) -> String { text.replacing("](", with: "]\u{200b}(") }

  private func location(of finding: Finding) -> JSON {
    let path = path(of: finding)
    let uri = UriText.escaped(path)
    return path.hasPrefix("/")
      ? .members([("uri", .string("file://" + uri))])
      : .members([("uri", .string(uri)), ("uriBaseId", .string("%SRCROOT%"))])
  }

  // MARK: - GitLab

  /// The issues of GitLab's Code Quality report.
  package var codeQuality: JSON {
    .array(
      zip(findings, fingerprints).map { finding, fingerprint in
        .members([
          ("description", .string(finding.text)), ("check_name", .string(finding.rule.id)),
          ("fingerprint", .string(fingerprint)),
          ("severity", .string(finding.isPolicyRefusal ? "blocker" : "critical")),
          (
            "location",
            .members([
              ("path", .string(path(of: finding))),
              ("lines", .members([("begin", .int(max(1, finding.place.line)))])),
            ])
          ),
        ])
      })
  }

  // MARK: - Pieces

  private func path(of finding: Finding) -> String {
    let file = finding.place.file
    let isAbsolute = folder.hasPrefix("/")
    let prefix = folder.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    let path = prefix.isEmpty ? file : "\(prefix)/\(file)"
    return isAbsolute ? "/" + path : path
  }

  /// Names for findings that stay when lines above them come and go: a hash of rule, file and
  /// message, and a number where the same is found several times.
  private var fingerprints: [String] {
    var seen: [String: Int] = [:]
    return findings.map { finding in
      let identity = [finding.rule.id, path(of: finding), finding.message].joined(separator: "\n")
      let count = seen[identity, default: 0]
      seen[identity] = count + 1
      return Hex.encode(SHA256.hash(data: Array("\(identity)\n\(count)".utf8)).prefix(16))
    }
  }
}

extension FindingRule {
  /// `unusable-file` as `UnusableFile`, which SARIF asks of names (3.49.7).
  fileprivate var name: String {
    id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
