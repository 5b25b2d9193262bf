package import PKI

/// What the network process is asked to do.
package struct RemoteRequest: Sendable {
  package enum Operation: Hashable, Sendable {
    /// Says what the remote has.
    case list
    /// Brings every branch and tag with its history: branches below `mirror`, tags below `tags`.
    case fetch(mirror: String, tags: String?)
    /// Moves a branch from `expected` to a commit that descends from it, never otherwise.
    case push(commit: ObjectID, branch: String, expected: ObjectID?)
  }

  package let operation: Operation
  package let url: RemoteURL
  /// The repository of this host that takes and gives the objects.
  package let repository: String
  package let access: RemoteAccess

  package init(
    _ operation: Operation, url: RemoteURL, repository: String, access: RemoteAccess
  ) {
    self.operation = operation
    self.url = url
    self.repository = repository
    self.access = access
  }

  var json: JSON {
    var members: [(String, JSON?)] = [
      ("url", .string(url.text)), ("repository", .string(repository)), ("access", access.json),
    ]
    switch operation {
    case .list: members.append(("operation", .string("list")))
    case .fetch(let mirror, let tags):
      members += [
        ("operation", .string("fetch")), ("mirror", .string(mirror)),
        ("tags", tags.map { .string($0) }),
      ]
    case .push(let commit, let branch, let expected):
      members += [
        ("operation", .string("push")), ("commit", .string(commit.hex)),
        ("branch", .string(branch)), ("expected", expected.map { .string($0.hex) }),
      ]
    }
    return .members(members)
  }

  /// - Returns: nil for what ``json`` did not write.
  init?(_ json: JSON) {
    guard let address = json["url"]?.text, let repository = json["repository"]?.text,
      let url = try? RemoteURL(address, relativeTo: "/"), let operation = Self.operation(json)
    else { return nil }
    self.init(operation, url: url, repository: repository, access: RemoteAccess(json["access"]))
  }

  private static func operation(_ json: JSON) -> Operation? {
    switch json["operation"]?.text {
    case "list": return .list
    case "fetch":
      return json["mirror"]?.text.map { .fetch(mirror: $0, tags: json["tags"]?.text) }
    case "push":
      guard let commit = json["commit"]?.text.flatMap({ ObjectID(hex: $0) }),
        let branch = json["branch"]?.text
      else { return nil }
      return .push(
        commit: commit, branch: branch,
        expected: json["expected"]?.text.flatMap { ObjectID(hex: $0) })
    default: return nil
    }
  }
}
