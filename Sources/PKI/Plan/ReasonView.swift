/// One reason of a plan document in the words that people read.
package struct ReasonView {
  private static let shortID = 12

  private let reason: JSON

  package init(_ reason: JSON) {
    self.reason = reason
  }

  package var message: String { text(reason, "message") }

  /// `clients/billing.yaml:12:5`, or `was clients/billing.yaml:12:5` for what is there no more.
  package var place: String? {
    guard let place = reason["place"] else { return nil }
    let past = ["removed", "removedWithRevocation"].contains(text(reason, "code")) ? "was " : ""
    return "\(past)\(text(place, "file")):\(place["line"]?.number ?? 0)"
      + ":\(place["column"]?.number ?? 0)"
  }

  /// `commit 1a2b3c4d5e6f by Ada`
  package var commit: String? {
    guard let commit = reason["commit"], case let id = text(commit, "id"), !id.isEmpty else {
      return nil
    }
    let author = text(commit, "author")
    return "commit \(id.prefix(Self.shortID))" + (author.isEmpty ? "" : " by \(author)")
  }

  /// When the author made the commit.
  package var time: String? { reason["commit"].map { text($0, "time") } }

  /// `it has no certificate (clients/billing.yaml:12:5, commit 1a2b3c4d5e6f by Ada)`
  package var sentence: String {
    let cause = [place, commit].compactMap { $0 }.joined(separator: ", ")
    return cause.isEmpty ? message : "\(message) (\(cause))"
  }

  private func text(_ object: JSON, _ name: String) -> String {
    (object[name]?.text ?? "").visible
  }
}
