import CLibGit2
package import PKI

/// A commit, read.
package struct CommitInfo: Hashable, Sendable {
  /// Who made something, and when.
  package struct Signature: Hashable, Sendable {
    package let name: String
    package let email: String
    package let time: Timestamp

    package init(name: String, email: String, time: Timestamp) {
      self.name = name
      self.email = email
      self.time = time
    }
  }

  package let id: ObjectID
  package let tree: ObjectID
  /// In order; the first is the one that was merged into.
  package let parents: [ObjectID]
  package let author: Signature
  package let committer: Signature
  package let message: String

  /// The first line of the message.
  package var subject: Substring {
    message.prefix { !$0.isNewline }
  }

  /// The trailers at the end of the message, such as `Plan-Digest: ...`, in order.
  package var trailers: [(key: String, value: String)] {
    var list = unsafe git_message_trailer_array()
    guard unsafe git_message_trailers(&list, message) == 0 else { return [] }
    defer { unsafe git_message_trailer_array_free(&list) }
    var trailers: [(key: String, value: String)] = []
    let count = unsafe list.count
    for index in 0..<count {
      let trailer = unsafe list.trailers[index]
      trailers.append(unsafe (String(cString: trailer.key), String(cString: trailer.value)))
    }
    return trailers
  }

  /// The value of the last trailer with this key; keys ignore case, as in git.
  package func trailer(_ key: String) -> String? {
    trailers.last { $0.key.lowercased() == key.lowercased() }?.value
  }
}

/// A commit object as far as walks need it.
struct RawCommit {
  let tree: ObjectID
  let parents: [ObjectID]
  let author: CommitInfo.Signature
  let committer: CommitInfo.Signature
  let message: String

  struct Damage: Error {
    let reason: String
  }

  /// Reads the header lines `tree`, `parent`, `author` and `committer`, skips others (signatures,
  /// encodings) and takes the rest as the message.
  ///
  /// Strict in what the history is made of, lenient in what people typed: a mangled author in some
  /// old commit must not stop a run.
  init(_ bytes: [UInt8]) throws(Damage) {
    var rest = bytes[...]
    var (tree, parents): (ObjectID?, [ObjectID]) = (nil, [])
    var (author, committer): (CommitInfo.Signature?, CommitInfo.Signature?) = (nil, nil)
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")), end > rest.startIndex {
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      let key = String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
      let value = line.dropFirst(key.utf8.count + 1)
      switch key {
      case "tree" where tree == nil: tree = try RawCommit.id(value)
      case "parent": parents.append(try RawCommit.id(value))
      case "author" where author == nil: author = RawCommit.signature(value)
      case "committer" where committer == nil: committer = RawCommit.signature(value)
      default: continue
      }
    }
    guard let tree else { throw Damage(reason: "the commit names no tree") }
    self.tree = tree
    self.parents = parents
    self.author = author ?? RawCommit.signature([])
    self.committer = committer ?? RawCommit.signature([])
    message = String(decoding: rest.dropFirst(), as: UTF8.self)
  }

  private static func id(_ digits: ArraySlice<UInt8>) throws(Damage) -> ObjectID {
    guard let bytes = Hex.decode(String(decoding: digits, as: UTF8.self)), let id = ObjectID(bytes)
    else { throw Damage(reason: "the commit names something that is not an object id") }
    return id
  }

  /// `NAME <EMAIL> SECONDS ZONE`.
  private static func signature(_ line: ArraySlice<UInt8>) -> CommitInfo.Signature {
    let text = String(decoding: line, as: UTF8.self)
    guard let open = text.firstIndex(of: "<"), let close = text.lastIndex(of: ">"), open < close
    else { return CommitInfo.Signature(name: text, email: "", time: Timestamp(seconds: 0)) }
    let seconds = text[text.index(after: close)...].split(separator: " ").first.flatMap { Int($0) }
    // A time outside X.509's years would overflow later arithmetic.
    let time = min(max(seconds ?? 0, 0), Timestamp.endOfTime.seconds)
    return CommitInfo.Signature(
      name: String(text[..<open].reversed().drop(while: { $0 == " " }).reversed()),
      email: String(text[text.index(after: open)..<close]), time: Timestamp(seconds: time))
  }
}

extension Repository {
  /// A commit that must be there.
  package func commit(_ id: ObjectID) throws(GitError) -> CommitInfo {
    let raw = try rawCommit(id)
    return CommitInfo(
      id: id, tree: raw.tree, parents: raw.parents, author: raw.author,
      committer: raw.committer, message: raw.message)
  }

  func rawCommit(_ id: ObjectID) throws(GitError) -> RawCommit {
    let bytes = try object(id, as: .commit)
    do throws(RawCommit.Damage) {
      return try RawCommit(bytes)
    } catch {
      throw .damagedObject(id, reason: error.reason)
    }
  }
}
