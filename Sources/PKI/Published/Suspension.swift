/// That somebody told unattended runs to leave new intent alone, or that it goes on.
///
/// Records are only added: a suspension ends by a later record that says so.
package struct SuspensionRecord: Hashable, Sendable {
  package let at: Timestamp
  /// Who said so, as git or the system names them.
  package let by: String
  /// Why; empty when a suspension ends.
  package let reason: String
  package let isSuspended: Bool

  package init(at: Timestamp, by: String, reason: String, isSuspended: Bool) {
    self.at = at
    self.by = by
    self.reason = reason
    self.isSuspended = isSuspended
  }

  /// `SECONDS-WORD.yaml`: the name sorts by time, and says the same as the content.
  package var path: String {
    "\(LedgerPath.suspensions)/\(at.compactDay)/\(at.seconds)-\(word).yaml"
  }

  private var word: String { isSuspended ? "suspended" : "resumed" }

  /// The file's bytes: a flat YAML mapping, texts as JSON strings, which YAML 1.2 reads.
  package var yaml: String {
    [
      ("event", word), ("at", at.description), ("by", JSON.string(by).compact),
      ("reason", JSON.string(reason).compact),
    ].map { "\($0.0): \($0.1)\n" }.joined()
  }

  /// Reads what ``yaml`` wrote; nil is damage.
  package init?(_ node: Node, path: String) {
    guard case .mapping(let entries, _) = node else { return nil }
    var fields: [String: String] = [:]
    for entry in entries {
      guard case .scalar(let scalar) = entry.value else { return nil }
      fields[entry.key.text] = scalar.text
    }
    guard let at = fields["at"].flatMap({ Timestamp($0) }), let by = fields["by"],
      let reason = fields["reason"], ["suspended", "resumed"].contains(fields["event"])
    else { return nil }
    self.init(at: at, by: by, reason: reason, isSuspended: fields["event"] == "suspended")
    guard self.path == path else { return nil }
  }

  /// The suspension that stands after these records, if one does.
  package static func standing(_ records: [SuspensionRecord]) -> SuspensionRecord? {
    // In one second the suspension wins: stopping is the safe side.
    let last = records.max { ($0.at, $0.isSuspended ? 1 : 0) < ($1.at, $1.isSuspended ? 1 : 0) }
    return last.flatMap { $0.isSuspended ? $0 : nil }
  }
}
