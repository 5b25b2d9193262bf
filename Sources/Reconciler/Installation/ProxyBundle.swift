import Git
import PKI

/// A proxy's bundle as it lies on the published branch.
struct ProxyBundle {
  private static let fileLimit = 1 << 28

  struct File: Sendable {
    let path: String
    let bytes: [UInt8]
  }

  let name: Name
  let commit: ObjectID
  let files: [File]

  init(
    _ name: Name, _ options: Options, in repository: borrowing Repository
  ) throws(ReconcileError) {
    let branch = try PublishedBranch.find(options, in: repository)
    let commit = try git { () throws(GitError) in try repository.commit(branch.tip) }
    let folder = "proxies/\(name)"
    let listing = try git { () throws(GitError) in
      try repository.files(below: folder, in: commit.tree)
    }
    guard let listing, !listing.files.isEmpty else {
      throw .invalid(
        "branch \"\(branch.name)\" has no bundle of a proxy \"\(name)\"",
        hint: try Self.hint(for: name, in: commit.tree, repository))
    }
    if let problem = listing.problems.first {
      throw .damagedLedger(path: folder, reason: problem.description)
    }
    var files: [File] = []
    for file in listing.files {
      // What is beside the bundle on a host is the host's: keys are never taken from git.
      guard !file.path.hasSuffix(".key") else {
        throw .damagedLedger(path: "\(folder)/\(file.path)", reason: "is a private key's name")
      }
      let bytes = try git { () throws(GitError) in
        try repository.blob(file.id, limit: Self.fileLimit)
      }
      files.append(File(path: file.path, bytes: bytes))
    }
    self.name = name
    self.commit = commit.id
    self.files = files
  }

  private static func hint(
    for name: Name, in tree: ObjectID, _ repository: borrowing Repository
  ) throws(ReconcileError) -> String? {
    let listing = try git { () throws(GitError) in
      try repository.files(below: "proxies", in: tree)
    }
    let names = Set(
      (listing?.files ?? []).map {
        $0.path.split(separator: "/").dropLast().joined(separator: "/")
      })
    return Suggestion.nearest(to: name.text, in: names.sorted()).map { "did you mean \"\($0)\"?" }
  }
}
