/// A plan for people at a terminal or in a log.
package struct PlanText {
  /// Writes escape sequences; never when the output is not a terminal.
  package let isColored: Bool

  package init(isColored: Bool = false) {
    self.isColored = isColored
  }

  package func render(_ plan: PlanDocument) -> String {
    var lines = [header(plan.json)]
    lines += (plan.json["warnings"]?.texts ?? []).map { "warning: \($0.visible)" }
    lines.append("")
    for change in plan.changes { lines += self.lines(for: ChangeView(change)) }
    if !plan.changes.isEmpty { lines.append("") }
    let access = PlanText.access(plan)
    if !access.isEmpty { lines += access + [""] }
    lines.append("plan: \(PlanText.counts(plan)); digest \(plan.digest.visible)")
    return lines.joined(separator: "\n") + "\n"
  }

  private static let longestAccess = 50

  /// Who gains and loses access, at most so many sentences and the number of the rest.
  private static func access(_ plan: PlanDocument) -> [String] {
    let sentences = (plan.json["access"]?.elements ?? []).compactMap { $0["sentence"]?.text }
    let more = sentences.count - longestAccess
    return sentences.prefix(longestAccess).map { "access: \($0.visible)" }
      + (more > 0 ? ["access: and \(more) more changes"] : [])
  }

  private func header(_ plan: JSON) -> String {
    let desired =
      plan["desired_commit"]?.text.map { String($0.prefix(12)).visible } ?? "the work tree"
    let published =
      plan["published_commit"]?.text.map { String($0.prefix(12)).visible } ?? "nothing yet"
    return
      "desired state of \(desired), published on \((plan["published_branch"]?.text ?? "").visible): "
      + "\(published), at \((plan["time"]?.text ?? "").visible)"
  }

  /// `12 to issue, 1 to revoke, 4 to publish`
  package static func counts(_ plan: PlanDocument) -> String {
    let actions = plan.changes.compactMap { $0["action"]?.text }
    let parts = Change.Action.allCases.compactMap { action -> String? in
      let count = actions.count { $0 == action.rawValue }
      guard count > 0 else { return nil }
      return action == .blocked ? "\(count) blocked" : "\(count) to \(action.rawValue)"
    }
    return parts.isEmpty ? "no changes" : parts.joined(separator: ", ")
  }

  private func lines(for change: ChangeView) -> [String] {
    let head =
      "\(change.sign.padded(to: 3)) \(change.action.padded(to: 7)) \(change.kind) \(change.name)"
    let dates = change.dates.map { "  \($0)" } ?? ""
    return [colored(head, change.action) + dates] + change.details.map { "      \($0)" }
      + change.reasons.map { "      because \($0)" }
  }

  private func colored(_ text: String, _ action: String) -> String {
    guard isColored, let action = Change.Action(rawValue: action) else { return text }
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

/// One change of a plan document in the words that people read.
package struct ChangeView {
  private let change: JSON

  package init(_ change: JSON) {
    self.change = change
  }

  package var action: String { text(change, "action") }
  package var sign: String { text(change, "sign") }
  package var kind: String { text(change, "kind") }
  package var name: String { text(change, "name") }

  /// The dates that follow the name on its line.
  package var dates: String? {
    if let certificate = change["certificate"] {
      return "\(text(certificate, "not_before")) to \(text(certificate, "not_after")), "
        + "renews \(text(certificate, "renew_at"))"
    }
    if let list = change["crl"] {
      return "number \(list["number"]?.number ?? 0), \(text(list, "this_update")) to "
        + text(list, "next_update")
    }
    return nil
  }

  /// What a certificate will say, what happens to which serial, why something is blocked.
  package var details: [String] {
    if let certificate = change["certificate"] { return details(of: certificate) }
    if let guarded = change["guard"] {
      return ["\(text(guarded, "code")): \(text(guarded, "message"))"]
        + (guarded["hint"]?.text.map { ["hint: \($0.visible)"] } ?? [])
    }
    let all = change["events"]?.elements ?? []
    // What is revoked for good need not be called retired, too.
    let revoked = Set(all.filter { text($0, "event") == "revoke" }.map { text($0, "serial") })
    let events = all.filter {
      text($0, "event") != "retire" || !revoked.contains(text($0, "serial"))
    }.map(detail)
    return events + shortened((change["paths"]?.texts ?? []).map(\.visible))
  }

  /// Every reason with its place and the commit that brought it.
  package var reasons: [String] { reasonViews.map(\.sentence) }

  package var reasonViews: [ReasonView] {
    (change["reasons"]?.elements ?? []).map { ReasonView($0) }
  }

  private func text(_ object: JSON, _ name: String) -> String {
    (object[name]?.text ?? "").visible
  }

  private func shortened(_ paths: [String]) -> [String] {
    paths.count > 6 ? paths.prefix(5) + ["and \(paths.count - 5) more files"] : paths
  }

  private func details(of certificate: JSON) -> [String] {
    let spec = certificate["spec"] ?? .null
    let issuer = text(certificate, "issuer")
    let signed = kind == "authority" && issuer == name ? "self-signed" : "issuer \(issuer)"
    var lines = [
      "\(signed), key \(text(certificate, "key")) (\(source(of: certificate))), "
        + "lifetime \(text(spec, "lifetime")), subject \(text(spec, "subject"))"
    ]
    if let names = spec["subjectAltName"]?.texts {
      lines.append("names \(names.joined(separator: ", ").visible)")
    }
    if let constraints = spec["nameConstraints"]?.text {
      lines.append("may issue \(constraints.visible)")
    }
    return lines
  }

  private func source(of certificate: JSON) -> String {
    certificate["request"]?.text.map { "from \($0.visible)" } ?? text(certificate, "key_source")
  }

  private func detail(of event: JSON) -> String {
    let what =
      switch text(event, "event") {
      case "revoke": "revoked (\(text(event, "reason")))"
      case "release": "released"
      case "retire": "retired"
      default: "renamed to \(text(event, "to"))"
      }
    return "serial \(text(event, "serial")), valid until \(text(event, "not_after")): \(what)"
  }
}

extension String {
  /// The text with spaces behind it up to a width.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
