import Git
import PKI

extension Upstream {
  /// The remotes that a command line names; nil when all work is done in the repository itself.
  package static func find(
    _ options: Options, _ choice: RemoteChoice
  ) throws(ReconcileError) -> Upstream? {
    if RemoteURL.isAddress(options.repository) {
      let desired = try url(options.repository, relativeTo: choice.folder)
      let published = try choice.push.map { push throws(ReconcileError) in
        try url(push, relativeTo: choice.folder)
      }
      return Upstream(
        desired: desired, published: published ?? desired, wanted: .named(options.revision),
        choice: choice)
    }
    guard let push = choice.push else { return nil }
    let checkout = try git { () throws(GitError) in try Repository(at: options.repository) }
    let wanted = try git { () throws(GitError) in try checkout.resolve(options.revision).id }
    return Upstream(
      desired: try desiredURL(of: checkout, choice),
      published: try publishedURL(push, of: checkout, choice), wanted: .commit(wanted),
      choice: choice)
  }

  private static func url(
    _ text: String, relativeTo folder: String
  ) throws(ReconcileError) -> RemoteURL {
    do throws(RemoteURL.Problem) {
      return try RemoteURL(text, relativeTo: folder)
    } catch {
      throw .invalid(error.message, hint: error.hint)
    }
  }

  private static func publishedURL(
    _ push: String, of checkout: borrowing Repository, _ choice: RemoteChoice
  ) throws(ReconcileError) -> RemoteURL {
    if let url = try remote(push, of: checkout) { return url }
    return try url(push, relativeTo: choice.folder)
  }

  /// Where a checkout came from: the remote of its branch, `origin`, or, when it has neither, the
  /// checkout itself.
  private static func desiredURL(
    of checkout: borrowing Repository, _ choice: RemoteChoice
  ) throws(ReconcileError) -> RemoteURL {
    let head = try git { () throws(GitError) in try checkout.headBranch() }
    if let branch = head?.dropFirst("refs/heads/".count) {
      let name = try git { () throws(GitError) in try checkout.setting("branch.\(branch).remote") }
      if let name, let url = try remote(name, of: checkout, forPushing: false) { return url }
    }
    if let url = try remote("origin", of: checkout, forPushing: false) { return url }
    return try url(checkout.workFolder ?? checkout.commonFolder, relativeTo: choice.folder)
  }

  /// The address of a configured remote; nil when there is none of this name.
  private static func remote(
    _ name: String, of checkout: borrowing Repository, forPushing: Bool = true
  ) throws(ReconcileError) -> RemoteURL? {
    let isName = name.utf8.allSatisfy {
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
        || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || "._-/".utf8.contains($0)
    }
    guard isName, !name.isEmpty, !name.hasPrefix("/"), !name.hasPrefix(".") else { return nil }
    for key in (forPushing ? ["pushurl"] : []) + ["url"] {
      let text = try git { () throws(GitError) in try checkout.setting("remote.\(name).\(key)") }
      if let text { return try url(text, relativeTo: checkout.workFolder ?? checkout.commonFolder) }
    }
    return nil
  }
}
