/// A plan as one page that needs nothing else: no script, no address, no other file.
package struct PlanHTML {
  /// A browser stays quick with these; what is left out is counted.
  private static let mostChanges = 10_000
  /// Longer lists of what cannot hurt begin folded.
  private static let unfolded = 50

  package init() {}

  package func render(_ plan: PlanDocument) -> String {
    let groups = ChangeGroup.groups(of: plan)
    var page = head(of: plan) + header(of: plan, groups) + "<main id=\"changes\">\n"
    page += warnings(of: plan) + access(of: plan)
    var room = Self.mostChanges
    for group in groups {
      let shown = min(group.changes.count, room)
      room -= shown
      page += section(for: group, shown: shown)
    }
    if groups.isEmpty {
      page += "<p class=\"card\">Published state is what desired state asks for.</p>\n"
    }
    return page + "</main>\n" + footer(of: plan) + "</body>\n</html>\n"
  }

  // MARK: - Around the changes

  private func head(of plan: PlanDocument) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(PlanStyle.policy)">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <meta name="color-scheme" content="light dark">
    <title>certwright plan: \(escaped(plan.headline))</title>
    <style>\(PlanStyle.sheet)</style>
    </head>
    <body>
    <a class="skip" href="#changes">Skip to the changes</a>

    """
  }

  private func header(of plan: PlanDocument, _ groups: [ChangeGroup]) -> String {
    let origin = plan.origin
    var text = "<header>\n<p class=\"eyebrow\">certwright plan</p>\n"
    text += "<h1>\(escaped(sentenceCase(plan.headline)))</h1>\n"
    text += verdict(groups)
    let facts = [
      (
        "Desired state",
        code(origin.desired) + (origin.path.isEmpty ? "" : " in \(code(origin.path))")
      ),
      ("Published", "\(code(origin.published)) on \(code(origin.branch))"),
      ("Made at", code(plan.json["time"]?.text ?? "")),
      ("Digest", code(plan.digest)),
    ]
    text += "<dl>\n" + facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" }.joined() + "</dl>\n"
    return text + chips(groups) + "</header>\n"
  }

  private func verdict(_ groups: [ChangeGroup]) -> String {
    guard let blocked = groups.first(where: { $0.action == .blocked }) else { return "" }
    let count = blocked.changes.count
    return "<p class=\"verdict stop\">"
      + (count == 1
        ? "One change is blocked: it says why, and whether something lifts it"
        : "\(count) changes are blocked: each says why, and whether something lifts it")
      + ".</p>\n"
  }

  private func chips(_ groups: [ChangeGroup]) -> String {
    guard groups.count > 1 else { return "" }
    let chips = groups.map { group in
      "<label class=\"chip \(tone(group))\"><input type=\"checkbox\" id=\"show-\(group.word)\" checked>"
        + " \(sign(group)) \(escaped(group.title))</label>\n"
    }
    return "<fieldset><legend>Show</legend>\n\(chips.joined())</fieldset>\n"
  }

  private func warnings(of plan: PlanDocument) -> String {
    list(plan.warnings, title: "Warnings", name: "warnings")
  }

  private func access(of plan: PlanDocument) -> String {
    let sentences = plan.accessSentences
    return list(
      Array(sentences.prefix(Self.mostChanges)), title: "Access", name: "access",
      more: sentences.count - Self.mostChanges)
  }

  private func list(_ texts: [String], title: String, name: String, more: Int = 0) -> String {
    guard !texts.isEmpty else { return "" }
    let items = texts.map { "<li>\(escaped($0))</li>\n" }.joined()
    return "<section class=\"card \(name)\" aria-labelledby=\"title-\(name)\">\n"
      + "<h2 id=\"title-\(name)\">\(title)</h2>\n<ul>\n\(items)</ul>\n"
      + (more > 0 ? Self.more(more) : "") + "</section>\n"
  }

  private func footer(of plan: PlanDocument) -> String {
    "<footer><p>The digest covers every field of every change, with lifetimes instead of dates: the"
      + " same digest, the same changes. Dates are what they would be if this were applied at"
      + " \(code(plan.json["time"]?.text ?? "")).</p></footer>\n"
  }

  // MARK: - Changes

  private func section(for group: ChangeGroup, shown: Int) -> String {
    let isOpen = group.isDangerous || group.changes.count <= Self.unfolded
    var text =
      "<section class=\"card group \(tone(group))\" id=\"group-\(group.word)\""
      + " aria-labelledby=\"title-\(group.word)\">\n<details\(isOpen ? " open" : "")>\n"
      + "<summary><h2 id=\"title-\(group.word)\">\(sign(group)) \(escaped(group.title))</h2></summary>\n"
      + "<ol class=\"changes\">\n"
    for change in group.changes.prefix(shown) { text += item(for: change) }
    text += "</ol>\n"
    let hidden = group.changes.count - shown
    if hidden > 0 { text += Self.more(hidden) }
    return text + "</details>\n</section>\n"
  }

  private func item(for change: ChangeView) -> String {
    var text =
      "<li>\n<p class=\"what\"><span class=\"kind\">\(escaped(change.kind))</span> "
      + "<code class=\"name\">\(escaped(change.name))</code></p>\n"
    if let dates = change.dates { text += "<p class=\"dates\">\(escaped(dates))</p>\n" }
    let facts = change.details.map { "<li>\(escaped($0))</li>\n" }.joined()
    if !facts.isEmpty { text += "<ul class=\"facts\">\n\(facts)</ul>\n" }
    let reasons = change.reasonViews.map(item).joined()
    if !reasons.isEmpty { text += "<ul class=\"why\">\n\(reasons)</ul>\n" }
    return text + "</li>\n"
  }

  private func item(for reason: ReasonView) -> String {
    let commit = reason.commit.map { commit in
      "<span title=\"\(escaped(reason.time ?? ""))\">\(escaped(commit))</span>"
    }
    let cause = [reason.place.map(code), commit].compactMap { $0 }.joined(separator: ", ")
    return "<li>\(escaped(reason.message))"
      + (cause.isEmpty ? "" : " <span class=\"cause\">\(cause)</span>") + "</li>\n"
  }

  private static func more(_ count: Int) -> String {
    "<p class=\"more\">\(count) more are not shown here; <code>certwright show</code> prints the saved"
      + " plan whole.</p>\n"
  }

  // MARK: - Pieces

  private func tone(_ group: ChangeGroup) -> String {
    switch group.action {
    case .blocked, .revoke, nil: "danger"
    case .replace, .retire: "care"
    case .issue, .import: "new"
    case .renew, .rename, .publish: "calm"
    }
  }

  /// The word beside it says the same, so that readers of screens need not hear the sign.
  private func sign(_ group: ChangeGroup) -> String {
    "<span class=\"sign mono\" aria-hidden=\"true\">\(escaped(group.sign))</span>"
  }

  private func code(_ text: String) -> String { "<code>\(escaped(text))</code>" }
  private func escaped(_ text: String) -> String { HTMLText.escaped(text) }

  private func sentenceCase(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }
}
