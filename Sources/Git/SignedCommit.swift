package import PKI

/// A commit as its signature sees it.
package struct SignedCommit: Hashable, Sendable {
  /// What was signed: the commit without its signatures.
  package let payload: [UInt8]
  /// The values of its `gpgsig` headers, which every tool writes at most once.
  package let signatures: [[UInt8]]

  /// Takes a commit object apart as git's `parse_signed_commit` does: a header goes on in lines
  /// that begin with a space, `gpgsig-sha256` belongs to the same commit's other id, and nothing
  /// behind the first empty line is a header.
  init(_ bytes: [UInt8]) {
    var payload: [UInt8] = []
    payload.reserveCapacity(bytes.count)
    var signatures: [[UInt8]] = []
    /// What a line that begins with a space continues.
    var header = Header.other
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
      let line = rest[..<end]
      if line.first == UInt8(ascii: "\n") {
        payload += rest
        break
      }
      rest = rest[end...]
      if line.first != UInt8(ascii: " ") { header = Header(line) }
      switch header {
      case .other: payload += line
      case .foreign: break
      case .signature:
        if line.first == UInt8(ascii: " ") {
          signatures[signatures.count - 1] += line.dropFirst()
        } else {
          signatures.append(Array(line.dropFirst(Header.name.count)))
        }
      }
    }
    self.payload = payload
    self.signatures = signatures
  }

  private enum Header {
    case other
    case signature
    /// Another signature's header, which is no part of what was signed either.
    case foreign

    static let name = Array("gpgsig ".utf8)

    init(_ line: ArraySlice<UInt8>) {
      self =
        line.starts(with: Self.name)
        ? .signature : line.starts(with: "gpgsig".utf8) ? .foreign : .other
    }
  }
}

extension Repository {
  /// A commit that must be there, with its signatures apart.
  package func signedCommit(_ id: ObjectID) throws(GitError) -> SignedCommit {
    SignedCommit(try object(id, as: .commit))
  }
}
