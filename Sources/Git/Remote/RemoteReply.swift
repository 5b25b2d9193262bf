package import PKI

/// What the network process found or did.
package struct RemoteReply: Sendable {
  package enum Push: Hashable, Sendable {
    case accepted
    /// The branch was not, or is no longer, where it was expected.
    case raced(String)
    /// The server does not want it, in its own words.
    case refused(String)
  }

  /// Branches and tags by their full names; annotated tags as themselves.
  package var references: [String: ObjectID] = [:]
  /// The full name of the branch that the remote's HEAD stands on.
  package var head: String?
  package var push: Push?
  package var failure: RemoteFailure?

  package init() {}

  init(failure: RemoteFailure) { self.failure = failure }

  package func branch(_ name: String) -> ObjectID? { references["refs/heads/\(name)"] }

  var json: JSON {
    .members([
      (
        "references",
        .object(
          references.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value.hex)) })
      ),
      ("head", head.map { .string($0) }),
      ("push", push.map(Self.json)),
      (
        "failure",
        failure.map {
          .members([
            ("kind", .string($0.kind.rawValue)), ("url", .string($0.url)),
            ("reason", .string($0.reason)),
          ])
        }
      ),
    ])
  }

  private static func json(_ push: Push) -> JSON {
    let (outcome, words) =
      switch push {
      case .accepted: ("accepted", "")
      case .raced(let words): ("raced", words)
      case .refused(let words): ("refused", words)
      }
    return .members([("outcome", .string(outcome)), ("words", .string(words))])
  }

  init?(_ json: JSON) {
    guard case .object(let members)? = json["references"] else { return nil }
    for member in members {
      guard let id = member.value.text.flatMap({ ObjectID(hex: $0) }) else { return nil }
      references[member.name] = id
    }
    head = json["head"]?.text
    let words = json["push"]?["words"]?.text ?? ""
    switch json["push"]?["outcome"]?.text {
    case "accepted": push = .accepted
    case "raced": push = .raced(words)
    case "refused": push = .refused(words)
    default: push = nil
    }
    guard let failure = json["failure"] else { return }
    guard let kind = failure["kind"]?.text.flatMap({ RemoteFailure.Kind(rawValue: $0) }) else {
      return nil
    }
    self.failure = RemoteFailure(
      kind: kind, url: failure["url"]?.text ?? "", reason: failure["reason"]?.text ?? "")
  }
}
