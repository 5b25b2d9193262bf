package import PKI

extension StatusReport {
  /// Longer lists are cut, and the cut is said aloud.
  private static let longest = 10

  package var text: String {
    var sections = [
      "\(health.rawValue): branch \"\(branch)\", last run \(lastRun.time)"
        + " (\(TimeRemark.moment(lastRun.time, at: now)))\n"
    ]
    for commit in unpushed { sections.append("commit \(commit) waits to be pushed\n") }
    if let suspension {
      sections.append(
        "suspended since \(suspension.at) by \(suspension.by): \(suspension.reason)\n")
    }
    sections.append(forecastText)
    sections.append(section("CRLs", revocationLists.map(row), rightAligned: [1, 2]))
    sections.append(
      section("expires next", certificates.prefix(Self.longest).map(row), more: certificates.count))
    sections.append(section("due", lines(due), more: due.count))
    sections.append(section("drift", drift.prefix(Self.longest).map { [$0] }, more: drift.count))
    sections.append(section("not applied yet", lines(pending), more: pending.count))
    sections.append(section("blocked", blocked.map { [$0.sentence, $0.hint ?? ""] }))
    sections.append(
      section(
        "findings", findings.prefix(Self.longest).map { ["\($0.place)", $0.message] },
        more: findings.count))
    sections.append(section("authorities without a valid certificate", lapsed.map { [$0.text] }))
    sections.append(section("warnings", warnings.map { [$0] }))
    return sections.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func section(
    _ title: String, _ rows: [[String]], more total: Int = 0, rightAligned: Set<Int> = []
  ) -> String {
    guard !rows.isEmpty else { return "" }
    let table = TextTable(rows, rightAligned: rightAligned).lines.map { "  \($0)\n" }.joined()
    let rest = total > rows.count ? "  and \(total - rows.count) more\n" : ""
    return "\(title)\n\(table)\(rest)"
  }

  private func row(_ certificate: Certificate) -> [String] {
    [
      certificate.name.text, certificate.kind, certificate.notAfter.description,
      TimeRemark.end(certificate.notAfter, at: now), "renews \(certificate.renewAt.date)",
    ]
  }

  private func row(_ list: RevocationList) -> [String] {
    [
      list.authority.text, list.number.map { "number \($0)" } ?? "",
      Reason.count(list.entryCount, "entry"), list.freshness.rawValue,
      list.nextUpdate.map { "until \($0), \(TimeRemark.end($0, at: now))" } ?? "",
    ]
  }

  private func lines(_ changes: [Change]) -> [[String]] {
    changes.prefix(Self.longest).map { change in
      [
        "\(change.action.sign) \(change.action.rawValue)",
        "\(change.subject.word) \(change.subject.name)", change.reasons.first?.sentence ?? "",
      ]
    }
  }
}

// MARK: - For machines

extension StatusReport {
  package var json: JSON {
    .members([
      ("format_version", .int(1)),
      ("health", .string(health.rawValue)),
      ("time", .string(now.description)),
      ("branch", .string(branch)),
      (
        "last_run",
        .members([
          ("commit", .string(lastRun.commit.hex)), ("time", .string(lastRun.time.description)),
        ])
      ),
      ("suspension", suspension?.json ?? .null),
      ("unpushed", .strings(unpushed.map(\.hex))),
      ("crls", .array(revocationLists.map(\.json))),
      ("certificates", .array(certificates.map(\.json))),
      ("due", .array(due.map(Self.json))),
      ("drift", .strings(drift)),
      ("pending", .array(pending.map(Self.json))),
      ("blocked", .strings(blocked.map(\.sentence))),
      ("findings", .strings(findings.map { "\($0.place): \($0.message)" })),
      ("lapsed", .strings(lapsed.map(\.text))),
      ("forecast", .array(forecast.map(\.json))),
      ("first_refusal", forecast.first.map { .string($0.everyone.time.description) }),
      ("warnings", .strings(warnings)),
    ])
  }

  private static func json(_ change: Change) -> JSON {
    .members([
      ("action", .string(change.action.rawValue)), ("kind", .string(change.subject.word)),
      ("name", .string(change.subject.name)),
      ("reasons", .strings(change.reasons.map(\.sentence))),
    ])
  }
}

extension SuspensionRecord {
  var json: JSON {
    .members([
      ("since", .string(at.description)), ("by", .string(by)), ("reason", .string(reason)),
    ])
  }
}

extension StatusReport.Certificate {
  var json: JSON {
    .members([
      ("name", .string(name.text)), ("kind", .string(kind)),
      ("not_after", .string(notAfter.description)), ("renew_at", .string(renewAt.description)),
    ])
  }
}

extension StatusReport.RevocationList {
  var json: JSON {
    .members([
      ("authority", .string(authority.text)), ("issuer_key", .string(key.hex)),
      ("number", number.map { .int($0) }), ("entries", .int(entryCount)),
      ("next_update", nextUpdate.map { .string($0.description) }),
      ("freshness", .string(freshness.rawValue)),
    ])
  }
}
