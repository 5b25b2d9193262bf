import Glibc
package import PKI

/// Files on disk, read as if they were a commit: for people who are still editing.
package struct WorkTree: Sendable {
  /// The files below a folder, with their content.
  package struct Snapshot: Sendable {
    package var listing = TreeListing()
    /// The bytes of every listed file, by the id that git would give them. A file is read once, so
    /// that what was listed and what is used cannot differ.
    package var blobs: [ObjectID: [UInt8]] = [:]
  }

  /// The folder on disk.
  package let folder: String

  package init(folder: String) {
    self.folder = folder
  }

  /// Reads every file below the folder; nil when there is no such folder.
  ///
  /// Symbolic links are not followed and `.git` is left out. Whatever is no plain file of at most
  /// `limit` bytes with a safe name is reported as a problem.
  ///
  /// - Parameter select: which paths are wanted; the others are not opened.
  package func files(
    limit: Int, select: (_ path: String) -> Bool = { _ in true }
  ) throws(GitError) -> Snapshot? {
    var status = stat()
    guard unsafe stat(folder, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw systemError("examine", folder)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: folder) }
    var snapshot = Snapshot()
    try read("", depth: 0, limit: limit, select: select, into: &snapshot)
    snapshot.listing.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return snapshot
  }

  private func read(
    _ prefix: String, depth: Int, limit: Int, select: (String) -> Bool,
    into snapshot: inout Snapshot
  ) throws(GitError) {
    for name in try DiskFile.names(in: "\(folder)/\(prefix)") where name.lowercased() != ".git" {
      let path = prefix + name
      if let reason = PathName.problem(in: name.utf8) {
        snapshot.listing.problems.append(TreeProblem(path: path, kind: .unsafeName(reason)))
        continue
      }
      var status = stat()
      guard unsafe lstat("\(folder)/\(path)", &status) == 0 else {
        throw systemError("examine", "\(folder)/\(path)")
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR where depth < Repository.deepest:
        try read(path + "/", depth: depth + 1, limit: limit, select: select, into: &snapshot)
      case S_IFDIR: snapshot.listing.problems.append(TreeProblem(path: path, kind: .tooDeep))
      case _ where !select(path): continue
      case S_IFREG where status.st_size > limit:
        snapshot.listing.problems.append(TreeProblem(path: path, kind: .tooLarge(limit: limit)))
      case S_IFREG: try readFile(path, limit: limit, into: &snapshot)
      case S_IFLNK: snapshot.listing.problems.append(TreeProblem(path: path, kind: .symlink))
      default: snapshot.listing.problems.append(TreeProblem(path: path, kind: .special))
      }
    }
  }

  private func readFile(
    _ path: String, limit: Int, into snapshot: inout Snapshot
  ) throws(GitError) {
    // A file that went since it was listed is simply not there.
    guard let bytes = try DiskFile.read("\(folder)/\(path)", limit: limit, follow: false) else {
      return
    }
    let id = ObjectID(hashing: bytes, as: .blob)
    snapshot.listing.files.append(TreeFile(path: path, id: id))
    snapshot.blobs[id] = bytes
  }
}
