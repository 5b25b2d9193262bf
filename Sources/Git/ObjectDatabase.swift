import CLibGit2
import PKI

/// The objects of a repository: packs through libgit2, loose files through ``LooseBackend``.
@safe
struct ObjectDatabase: ~Copyable {
  let pointer: OpaquePointer

  /// Opens an `objects` folder and the alternates that it names.
  init(folder: String) throws(GitError) {
    try LibGit2.start()
    var database: OpaquePointer?
    try LibGit2.check(unsafe git_odb_new(&database), "open the object database")
    guard let database = unsafe database else {
      throw .library(operation: "open the object database", code: -1, reason: "no database")
    }
    do throws(GitError) {
      try unsafe ObjectDatabase.add(folder, depth: 0, to: database)
    } catch {
      unsafe git_odb_free(database)
      throw error
    }
    unsafe pointer = database
  }

  deinit {
    unsafe git_odb_free(pointer)
  }

  /// git follows alternates of alternates five deep.
  private static func add(
    _ folder: String, depth: Int, to database: OpaquePointer
  ) throws(GitError) {
    var packs: UnsafeMutablePointer<git_odb_backend>?
    try LibGit2.check(unsafe git_odb_backend_pack(&packs, folder), "open the packs of \(folder)")
    // Writing goes to the first folder; priorities put packs before loose files.
    let added =
      depth == 0
      ? unsafe git_odb_add_backend(database, packs, 2)
      : unsafe git_odb_add_alternate(database, packs, 2)
    try LibGit2.check(added, "open the packs of \(folder)")
    try unsafe LooseBackend.add(folder, to: database)
    guard depth < 5 else { return }
    for alternate in try alternates(of: folder) {
      try unsafe add(alternate, depth: depth + 1, to: database)
    }
  }

  /// `info/alternates`: one folder a line, relative to the folder that has the file.
  private static func alternates(of folder: String) throws(GitError) -> [String] {
    guard let bytes = try DiskFile.read("\(folder)/info/alternates", limit: 1 << 20) else {
      return []
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      guard !line.hasPrefix("#") else { return nil }
      return line.hasPrefix("/") ? String(line) : "\(folder)/\(line)"
    }
  }

  /// An object's kind and bytes; nil when it is not there. libgit2 verifies the id.
  func object(_ id: ObjectID) throws(GitError) -> (kind: ObjectKind, bytes: [UInt8])? {
    var raw = id.libgit2
    var object: OpaquePointer?
    let code = unsafe git_odb_read(&object, pointer, &raw)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    guard code >= 0, let object = unsafe object else {
      throw .damagedObject(id, reason: LibGit2.lastMessage())
    }
    defer { unsafe git_odb_object_free(object) }
    guard let kind = ObjectKind(unsafe git_odb_object_type(object)) else {
      throw .damagedObject(id, reason: "it has no known kind")
    }
    let bytes = unsafe UnsafeRawBufferPointer(
      start: git_odb_object_data(object), count: git_odb_object_size(object))
    return (kind, unsafe [UInt8](bytes))
  }

  /// An object's kind and size in bytes; nil when it is not there.
  func header(_ id: ObjectID) throws(GitError) -> (kind: ObjectKind, size: Int)? {
    var raw = id.libgit2
    var size = 0
    var type = GIT_OBJECT_INVALID
    let code = unsafe git_odb_read_header(&size, &type, pointer, &raw)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    guard code >= 0, let kind = ObjectKind(type) else {
      throw .damagedObject(id, reason: LibGit2.lastMessage())
    }
    return (kind, size)
  }

  func contains(_ id: ObjectID) -> Bool {
    var raw = id.libgit2
    return unsafe git_odb_exists(pointer, &raw) == 1
  }

  /// Looks again for packs, after one was written.
  func refresh() throws(GitError) {
    try LibGit2.check(unsafe git_odb_refresh(pointer), "read the packs again")
  }
}
