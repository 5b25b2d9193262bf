import CLibGit2
import Glibc
package import PKI

/// A git repository on disk: a work tree, a bare repository, a linked worktree, a shallow clone or
/// a sparse checkout.
///
/// It hands out values, never handles. A damaged repository makes errors, never hangs or missing
/// files: loose objects are not read by libgit2 (see ``LooseObject``), and an object that another
/// one names but that is not there is ``GitError/missingObject(_:hint:)``.
@safe
package struct Repository: ~Copyable {
  private let handle: Handle
  let objects: ObjectDatabase
  /// The folder shared by all worktrees: `.git`, or the bare repository itself. No slash at the end.
  package let commonFolder: String
  /// The work tree, without a slash at the end; nil in a bare repository.
  package let workFolder: String?
  /// Whether history is cut, as after `git clone --depth`.
  package let isShallow: Bool

  /// Opens the repository at a path or in the nearest folder above it.
  package init(at path: String) throws(GitError) {
    try LibGit2.start()
    var opened: OpaquePointer?
    let code = unsafe git_repository_open_ext(&opened, path, 0, nil)
    guard code >= 0, let opened = unsafe opened else {
      throw Repository.openingError(code, path: path)
    }
    // Everything that can fail comes before the first property is set: a noncopyable value cannot
    // be half made.
    let handle = unsafe Handle(pointer: opened)
    guard let common = unsafe git_repository_commondir(opened) else {
      throw .notARepository(path: path)
    }
    let folder = Repository.withoutSlash(unsafe String(cString: common))
    try unsafe Repository.requireSHA1(opened, path: folder)
    let isShallow = try !Repository.cutCommits(in: folder).isEmpty
    let objects = try ObjectDatabase(folder: folder + "/objects")
    try LibGit2.check(
      unsafe git_repository_set_odb(opened, objects.pointer), "open the object database")
    self.handle = handle
    self.objects = objects
    self.isShallow = isShallow
    commonFolder = folder
    workFolder = unsafe Repository.workFolder(of: opened)
  }

  /// Owns libgit2's repository, so that a failure half-way through opening frees it.
  @safe
  private struct Handle: ~Copyable {
    let pointer: OpaquePointer

    deinit { unsafe git_repository_free(pointer) }
  }

  var pointer: OpaquePointer { unsafe handle.pointer }

  /// Says what opening went wrong for; the messages of libgit2 mislead here.
  private static func openingError(_ code: Int32, path: String) -> GitError {
    let message = LibGit2.lastMessage()
    // Without a safe.directory entry libgit2 1.5 reports "not found" for another user's repository.
    if code == GIT_EOWNER.rawValue || message.contains("safe.directory") {
      return .notOwned(path: discover(path) ?? path)
    }
    if message.lowercased().contains("extensions.objectformat") { return sha256(path) }
    if message.contains("unsupported extension") || message.contains("repository version") {
      return .unsupportedRepository(path: path, reason: message)
    }
    if code == GIT_ENOTFOUND.rawValue { return .notARepository(path: path) }
    return .library(operation: "open the repository \"\(path)\"", code: code, reason: message)
  }

  /// The folder that safe.directory has to name: the work tree, or the bare repository.
  private static func discover(_ path: String) -> String? {
    var found = unsafe git_buf()
    defer { unsafe git_buf_dispose(&found) }
    guard unsafe git_repository_discover(&found, path, 0, nil) == 0, let name = unsafe found.ptr
    else { return nil }
    let folder = withoutSlash(unsafe String(cString: name))
    return folder.hasSuffix("/.git") ? String(folder.dropLast(5)) : folder
  }

  /// libgit2 1.5 opens a SHA-256 repository and finds nothing in it, which would look like a
  /// repository without a commit.
  private static func requireSHA1(
    _ repository: OpaquePointer, path: String
  ) throws(GitError) {
    let format = try unsafe setting("extensions.objectformat", of: repository)
    guard let format, format.lowercased() != "sha1" else { return }
    throw format.lowercased() == "sha256"
      ? sha256(path)
      : .unsupportedRepository(path: path, reason: "its object format is \"\(format)\"")
  }

  private static func sha256(_ path: String) -> GitError {
    .unsupportedRepository(
      path: path, reason: "its object format is SHA-256; only SHA-1 repositories are supported")
  }

  private static func setting(
    _ key: String, of repository: OpaquePointer
  ) throws(GitError) -> String? {
    var config: OpaquePointer?
    try LibGit2.check(
      unsafe git_repository_config_snapshot(&config, repository), "read the configuration")
    defer { unsafe git_config_free(config) }
    var value: UnsafePointer<CChar>?
    let code = unsafe git_config_get_string(&value, config, key)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try LibGit2.check(code, "read the setting \(key)")
    guard let value = unsafe value else { return nil }
    return unsafe String(cString: value)
  }

  /// A value of git's configuration; nil when it is not set.
  package func setting(_ key: String) throws(GitError) -> String? {
    try unsafe Repository.setting(key, of: pointer)
  }

  private static func workFolder(of repository: OpaquePointer) -> String? {
    guard let folder = unsafe git_repository_workdir(repository) else { return nil }
    return withoutSlash(unsafe String(cString: folder))
  }

  static func withoutSlash(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}

// MARK: - Objects

extension Repository {
  /// An object of a known kind that must be there.
  func object(_ id: ObjectID, as kind: ObjectKind) throws(GitError) -> [UInt8] {
    guard let object = try objects.object(id) else { throw try missing(id) }
    guard object.kind == kind else {
      throw .damagedObject(
        id, reason: "it is a \(object.kind.name), not a \(kind.name)")
    }
    return object.bytes
  }

  func missing(_ id: ObjectID) throws(GitError) -> GitError {
    let partial = try isPartial()
    return .missingObject(
      id,
      hint: partial
        ? "this is a partial clone: clone without --filter, or run git fetch --refetch" : nil)
  }

  /// Whether the clone left objects at its remote, which git fetches on demand and libgit2 cannot.
  private func isPartial() throws(GitError) -> Bool {
    var config: OpaquePointer?
    try LibGit2.check(
      unsafe git_repository_config_snapshot(&config, pointer), "read the configuration")
    defer { unsafe git_config_free(config) }
    var settings: OpaquePointer?
    try LibGit2.check(
      unsafe git_config_iterator_glob_new(&settings, config, "^remote\\..*\\.promisor$"),
      "read the configuration")
    defer { unsafe git_config_iterator_free(settings) }
    var entry: UnsafeMutablePointer<git_config_entry>?
    return unsafe git_config_next(&entry, settings) == 0
  }

  /// The bytes of a file.
  ///
  /// - Parameter limit: the most bytes that the caller wants; a larger blob is not read.
  package func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
    guard let header = try objects.header(id) else { throw try missing(id) }
    guard header.size <= limit else {
      throw .objectTooLarge(id, size: header.size, limit: limit)
    }
    return try object(id, as: .blob)
  }

  package func contains(_ id: ObjectID) throws(GitError) -> Bool {
    objects.contains(id)
  }

  /// The commits whose parents a shallow clone left out.
  static func cutCommits(in commonFolder: String) throws(GitError) -> Set<ObjectID> {
    let file = commonFolder + "/shallow"
    guard let bytes = try DiskFile.read(file, limit: 1 << 26) else { return [] }
    var cut: Set<ObjectID> = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let digits = Hex.decode(String(decoding: line, as: UTF8.self)),
        let id = ObjectID(digits)
      else { throw .damagedReference("shallow", reason: "a line is not a commit id") }
      cut.insert(id)
    }
    return cut
  }
}
