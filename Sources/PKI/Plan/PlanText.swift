/// A plan for people at a terminal or in a log.
package struct PlanText {
  /// Writes escape sequences; never when the output is not a terminal.
  package let isColored: Bool

  package init(isColored: Bool = false) {
    self.isColored = isColored
  }

  package func render(_ plan: Plan) -> String {
    var lines = [header(plan)]
    lines += plan.warnings.map { "warning: \($0)" }
    lines.append("")
    for change in plan.changes { lines += self.lines(for: change) }
    if !plan.changes.isEmpty { lines.append("") }
    lines.append(summary(plan))
    return lines.joined(separator: "\n") + "\n"
  }

  private func header(_ plan: Plan) -> String {
    let desired = plan.source.desiredCommit.map { String($0.hex.prefix(12)) } ?? "the work tree"
    let published =
      plan.source.publishedCommit.map { "\($0.hex.prefix(12))" } ?? "nothing yet"
    return
      "desired state of \(desired), published on \(plan.source.publishedBranch): \(published), "
      + "at \(plan.now)"
  }

  /// `plan: 12 to issue, 1 to revoke, 4 to publish; digest sha256:...`
  private func summary(_ plan: Plan) -> String {
    let parts = plan.counts.filter { $0.count > 0 }.map { action, count in
      action == .blocked ? "\(count) blocked" : "\(count) to \(action.rawValue)"
    }
    let counted = parts.isEmpty ? "no changes" : parts.joined(separator: ", ")
    return "plan: \(counted); digest \(plan.digest)"
  }

  // MARK: - One change

  private func lines(for change: Change) -> [String] {
    let sign = change.action.sign.padded(to: 3)
    let head =
      "\(sign) \(change.action.rawValue.padded(to: 7)) \(change.subject.word) "
      + change.subject.name
    let lines = [colored(head, change.action) + dates(of: change)]
    return lines + details(of: change).map { "      \($0)" }
      + change.reasons.map { "      because \($0.sentence)\($0.place.map { " (\($0))" } ?? "")" }
  }

  /// The dates that follow the name on its line.
  private func dates(of change: Change) -> String {
    switch change.detail {
    case .certificate(let certificate):
      "  \(certificate.validity.notBefore) to \(certificate.validity.notAfter), "
        + "renews \(certificate.renewAt)"
    case .revocationList(let list):
      "  number \(list.number), \(list.thisUpdate) to \(list.nextUpdate)"
    case .events, .paths, .blocked: ""
    }
  }

  private func details(of change: Change) -> [String] {
    switch change.detail {
    case .certificate(let certificate): PlanText.details(of: certificate)
    case .events(let events): events.map(PlanText.detail)
    case .revocationList: []
    case .paths(let paths):
      paths.count > 6
        ? paths.prefix(5).map { $0 } + ["and \(paths.count - 5) more files"] : paths
    case .blocked(let guarded):
      ["\(guarded.code): \(guarded.sentence)"] + (guarded.hint.map { ["hint: \($0)"] } ?? [])
    }
  }

  /// What the certificate will say, in at most a few lines.
  package static func details(of certificate: PlannedCertificate) -> [String] {
    let spec = certificate.spec
    let issuer = certificate.isSelfSigned ? "self-signed" : "issuer \(certificate.issuer)"
    var lines = [
      "\(issuer), key \(keyText(certificate.key)), lifetime \(spec.lifetime), "
        + "subject \(spec.subject.rfc4514)"
    ]
    if !spec.alternativeNames.isEmpty {
      lines.append(
        "names "
          + spec.alternativeNames.map { "\($0.kind.rawValue):\($0.value)" }.joined(separator: ", "))
    }
    if let constraints = spec.nameConstraints { lines.append("may issue \(constraints.summary)") }
    return lines
  }

  private static func keyText(_ key: PlannedCertificate.Key) -> String {
    switch key {
    case .new(let algorithm): "\(algorithm.rawValue) (new)"
    case .kept(let key): "\(key.algorithm.rawValue) (kept)"
    case .requested(let key, let file): "\(key.algorithm.rawValue) (from \(file))"
    }
  }

  private static func detail(of event: PlannedEvent) -> String {
    let what =
      switch event.action {
      case .revoke(let reason, _): "revoked (\(reason.rawValue))"
      case .release: "released"
      case .retire: "retired"
      case .rename(let name): "renamed to \(name)"
      }
    return "serial \(event.id.serial), valid until \(event.notAfter): \(what)"
  }

  // MARK: - Colour

  private func colored(_ text: String, _ action: Change.Action) -> String {
    guard isColored else { return text }
    let code =
      switch action {
      case .issue, .import: "32"
      case .renew, .rename, .publish: "36"
      case .replace, .retire: "33"
      case .revoke, .blocked: "31"
      }
    return "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }
}

extension String {
  /// The text with spaces behind it up to a width.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
