/// A plan as a comment on a pull request.
///
/// GitHub takes 65,536 characters and drops what is longer as a whole, so the text is bounded for
/// any plan, and what has no room is counted aloud.
package struct PlanMarkdown {
  /// In bytes.
  package static let limit = 60_000
  /// Longer lists are folded.
  private static let unfolded = 10
  private static let mostWarnings = 10
  private static let accessLimit = 12_000
  /// What each later group keeps for its own title and count.
  private static let reserve = 400

  package init() {}

  package func render(_ plan: PlanDocument) -> String {
    let head = head(of: plan)
    let tail = tail(of: plan)
    var room = Self.limit - head.utf8.count - tail.utf8.count
    var body = ""
    let groups = ChangeGroup.groups(of: plan)
    for (index, group) in groups.enumerated() {
      let later = groups.count - index - 1
      let text = MarkdownGroup(group, isFolded: isFolded(group)).render(
        within: room - later * Self.reserve)
      room -= text.utf8.count
      body += text
    }
    return head + body + tail
  }

  private func isFolded(_ group: ChangeGroup) -> Bool {
    let few = group.isDangerous ? Self.unfolded : Self.unfolded / 2
    return group.changes.count > few
  }

  // MARK: - Before and after the changes

  private func head(of plan: PlanDocument) -> String {
    let origin = plan.origin
    var text = Self.marker(of: plan) + "\n"
    text += "### certwright plan: \(plan.headline)\n\n"
    text += "Desired state of \(code(origin.desired))"
    if !origin.path.isEmpty { text += " in \(code(origin.path))" }
    text += ", published on \(code(origin.branch)): \(code(origin.published))"
    text += ", at \(code(plan.json["time"]?.text ?? ""))\n\n"
    text += warnings(of: plan) + access(of: plan)
    return text
  }

  /// The first line, by which a job finds the comment of the run before and replaces it. Plans of
  /// another folder or branch have a line of their own.
  package static func marker(of plan: PlanDocument) -> String {
    let origin = plan.origin
    let names = [
      ["", "desired-state"].contains(origin.path) ? nil : "path=\(hidden(origin.path))",
      ["", "published"].contains(origin.branch) ? nil : "branch=\(hidden(origin.branch))",
    ].compactMap { $0 }
    return "<!-- " + (["certwright-plan"] + names).joined(separator: " ") + " -->"
  }

  /// Text that cannot end an HTML comment.
  private static func hidden(_ text: String) -> String {
    let plain = text.unicodeScalars.map { scalar -> String in
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        || ["/", ".", "_"].contains(scalar)
      return isPlain ? String(scalar) : "%" + String(scalar.value, radix: 16)
    }
    return plain.joined().clipped(to: 200)
  }

  private func warnings(of plan: PlanDocument) -> String {
    let all = plan.warnings
    guard !all.isEmpty else { return "" }
    var lines = all.prefix(Self.mostWarnings).map { MarkdownText.prose($0.clipped(to: 300)) }
    if all.count > lines.count {
      lines.append("\(all.count - lines.count) more; certwright show prints all of them")
    }
    return "> [!WARNING]\n" + lines.map { "> - \($0)\n" }.joined() + "\n"
  }

  private func access(of plan: PlanDocument) -> String {
    let all = plan.accessSentences
    guard !all.isEmpty else { return "" }
    var items = ""
    var shown = 0
    for sentence in all {
      let item = "- \(MarkdownText.prose(sentence.clipped(to: 500)))\n"
      guard items.utf8.count + item.utf8.count <= Self.accessLimit else { break }
      items += item
      shown += 1
    }
    let more = all.count > shown ? "\n\(MarkdownGroup.more(all.count - shown))\n" : ""
    let title = "Access: \(Reason.count(all.count, "change"))"
    guard all.count > 2 * Self.unfolded else { return "#### \(title)\n\n\(items)\(more)\n" }
    return MarkdownGroup.folded(title, items + more)
  }

  private func tail(of plan: PlanDocument) -> String {
    "Digest \(code(plan.digest)). It covers every field of every change; the same digest, the same"
      + " changes. The saved plan has everything: `certwright show` prints it.\n"
  }

  private func code(_ text: String) -> String { MarkdownText.code(text.clipped(to: 100)) }
}

/// The changes of one action, as many as there is room for.
struct MarkdownGroup {
  private static let longestLine = 300
  private static let mostLines = 12

  private let group: ChangeGroup
  private let isFolded: Bool

  init(_ group: ChangeGroup, isFolded: Bool) {
    self.group = group
    self.isFolded = isFolded
  }

  func render(within room: Int) -> String {
    // Counted as if nothing fitted, so that the count always has its room.
    var left = room - frame(lines: [], hidden: group.changes.count).utf8.count
    left -= 2 * MarkdownText.fence.utf8.count + 16
    var lines: [String] = []
    var shown = 0
    for change in group.changes {
      let added = Self.lines(for: change, sign: group.sign)
      let size = added.reduce(0) { $0 + $1.utf8.count + 1 }
      guard size <= left else { break }
      left -= size
      lines += added
      shown += 1
    }
    return frame(lines: lines, hidden: group.changes.count - shown)
  }

  private func frame(lines: [String], hidden: Int) -> String {
    var content = lines.isEmpty ? "" : MarkdownText.block(lines)
    if hidden > 0 { content += "\n" + Self.more(hidden) + "\n" }
    let title = "\(group.sign) \(group.title)"
    guard isFolded else { return "#### \(MarkdownText.code(title))\n\n\(content)\n" }
    return Self.folded(title, content)
  }

  static func folded(_ title: String, _ content: String) -> String {
    "<details><summary><strong>\(HTMLText.escaped(title))</strong></summary>\n\n\(content)\n"
      + "</details>\n\n"
  }

  static func more(_ count: Int) -> String {
    "**\(count) more** have no room here; `certwright show` prints the saved plan whole."
  }

  /// The lines of a plan in text. Each begins with a sign or with spaces, so none can end a block.
  private static func lines(for change: ChangeView, sign: String) -> [String] {
    let dates = change.dates.map { "  \($0)" } ?? ""
    let head =
      "\(sign.padded(to: 3)) \(change.action.padded(to: 7)) \(change.kind) \(change.name)\(dates)"
    var more = change.details + change.reasons.map { "because \($0)" }
    if more.count > mostLines {
      more = more.prefix(mostLines) + ["and \(more.count - mostLines) more lines"]
    }
    return [head.clipped(to: longestLine)] + more.map { "      \($0.clipped(to: longestLine))" }
  }
}
