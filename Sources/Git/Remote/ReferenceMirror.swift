import CLibGit2
import Glibc
package import PKI

/// References of this host that follow those of a remote.
struct ReferenceMirror {
  /// Without a slash at the end, such as `refs/remotes/desired`.
  let mirror: String
  /// Where tags go; nil leaves them out.
  let tags: String?

  private static let branchPrefix = "refs/heads/"
  private static let tagPrefix = "refs/tags/"

  /// Removes what the remote no longer has, which may be in the way of what it has now, and sets
  /// the rest.
  func update(
    _ own: borrowing Repository, _ remote: [String: ObjectID]
  ) throws(GitError) {
    var wanted: [String: ObjectID] = [:]
    for (name, id) in remote {
      if name.hasPrefix(Self.branchPrefix) {
        wanted["\(mirror)/\(name.dropFirst(Self.branchPrefix.count))"] = id
      } else if let tags, name.hasPrefix(Self.tagPrefix) {
        wanted["\(tags)/\(name.dropFirst(Self.tagPrefix.count))"] = id
      }
    }
    let present = try own.references(below: [mirror + "/"] + (tags.map { [$0 + "/"] } ?? []))
    for name in present.keys.sorted() where wanted[name] == nil { try own.dropReference(name) }
    for (name, id) in wanted.sorted(by: { $0.key < $1.key }) where present[name] != id {
      try own.setReference(name, to: id)
    }
  }
}

extension Repository {
  /// All references below some prefixes with what they point at; symbolic ones are followed, and
  /// those that point at nothing are left out.
  package func references(below prefixes: [String]) throws(GitError) -> [String: ObjectID] {
    var list = unsafe git_strarray()
    try LibGit2.check(unsafe git_reference_list(&list, pointer), "list the references")
    defer { unsafe git_strarray_dispose(&list) }
    var found: [String: ObjectID] = [:]
    let count = unsafe list.count
    for index in 0..<count {
      guard let text = unsafe list.strings[index] else { continue }
      let name = unsafe String(cString: text)
      guard prefixes.contains(where: { name.hasPrefix($0) }) else { continue }
      if let id = try reference(name) { found[name] = id }
    }
    return found
  }

  /// Points a reference of certwright's own at an object, whatever it pointed at before.
  package func setReference(_ name: String, to id: ObjectID) throws(GitError) {
    try Repository.requireValid(reference: name)
    var raw = id.libgit2
    for attempt in 0... {
      let code = unsafe git_reference_create(nil, pointer, name, &raw, 1, nil)
      if code >= 0 { return removeLeftover(of: name) }
      guard code == GIT_ELOCKED.rawValue, attempt < 20 else {
        throw LibGit2.error(code, "set \"\(name)\"")
      }
      if attempt == 10 { removeLeftover(of: name) }
      // Another process of this host sets the same ones.
      usleep(50_000)
    }
  }

  /// Removes a reference; one that is not there is no error.
  package func dropReference(_ name: String) throws(GitError) {
    try Repository.requireValid(reference: name)
    for attempt in 0... {
      let code = unsafe git_reference_remove(pointer, name)
      if code >= 0 { return }
      if try reference(name) == nil { return }
      guard attempt < 20 else { throw LibGit2.error(code, "remove \"\(name)\"") }
      usleep(50_000)
    }
  }
}
