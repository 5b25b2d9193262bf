import CLibGit2
import Glibc
import PKI

/// libgit2's view of ``LooseFolder``: an object database backend that replaces libgit2's own, so
/// that revision texts, references, fetches and pushes are as safe as our own reads.
enum LooseBackend {
  /// Adds a backend for a folder to a database, which owns it from then on.
  ///
  /// The priority is below that of packs, as in libgit2: packed objects cost no system call.
  static func add(_ folder: String, to database: OpaquePointer) throws(GitError) {
    guard
      let memory = unsafe calloc(1, MemoryLayout<certwright_loose_backend>.size),
      let name = unsafe strdup(folder)
    else { throw .library(operation: "open the object database", code: -1, reason: "no memory") }
    let backend = unsafe memory.assumingMemoryBound(to: certwright_loose_backend.self)
    unsafe git_odb_init_backend(&backend.pointee.backend, UInt32(GIT_ODB_BACKEND_VERSION))
    unsafe backend.pointee.folder = name
    unsafe backend.pointee.backend.read = read
    unsafe backend.pointee.backend.read_prefix = readPrefix
    unsafe backend.pointee.backend.read_header = readHeader
    unsafe backend.pointee.backend.exists = exists
    unsafe backend.pointee.backend.exists_prefix = existsPrefix
    unsafe backend.pointee.backend.free = release
    let added = unsafe git_odb_add_backend(database, &backend.pointee.backend, 1)
    if added < 0 { unsafe release(&backend.pointee.backend) }
    try LibGit2.check(added, "open the object database")
  }
}

private typealias Backend = UnsafeMutablePointer<git_odb_backend>

/// The backend is the first member of our structure, so both have one address.
private func folder(of backend: Backend?) -> LooseFolder? {
  guard let backend = unsafe backend else { return nil }
  let whole = unsafe UnsafeMutableRawPointer(backend)
    .assumingMemoryBound(to: certwright_loose_backend.self)
  guard let path = unsafe whole.pointee.folder else { return nil }
  return LooseFolder(path: unsafe String(cString: path))
}

/// Reads an object and reports failure the way libgit2 wants it: a code and a message.
private func load(_ backend: Backend?, _ id: ObjectID) -> (code: Int32, object: LooseObject?) {
  guard let folder = unsafe folder(of: backend) else { return (GIT_ERROR.rawValue, nil) }
  let reason: String
  do throws(LooseFolder.Failure) {
    guard let object = try folder.read(id) else { return (GIT_ENOTFOUND.rawValue, nil) }
    return (0, object)
  } catch {
    switch error {
    case .damage(let damage): reason = "the loose object is damaged: " + damage.reason
    case .system(let error): reason = "\(error)"
    }
  }
  unsafe git_error_set_str(Int32(GIT_ERROR_ODB.rawValue), reason)
  return (GIT_ERROR.rawValue, nil)
}

private func hand(
  _ object: LooseObject, _ backend: Backend?,
  _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
  _ type: UnsafeMutablePointer<git_object_t>?
) -> Int32 {
  // libgit2 reads one byte behind the data of commits and trees, which it expects to be NUL.
  let count = object.bytes.count
  guard let memory = unsafe git_odb_backend_data_alloc(backend, count + 1) else {
    return GIT_ERROR.rawValue
  }
  unsafe UnsafeMutableRawBufferPointer(start: memory, count: count).copyBytes(from: object.bytes)
  unsafe memory.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
  unsafe data?.pointee = memory
  unsafe size?.pointee = count
  unsafe type?.pointee = object.kind.libgit2
  return 0
}

private func read(
  _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
  _ type: UnsafeMutablePointer<git_object_t>?, _ backend: Backend?, _ id: UnsafePointer<git_oid>?
) -> Int32 {
  guard let id = unsafe id else { return GIT_ERROR.rawValue }
  let loaded = unsafe load(backend, ObjectID(id.pointee))
  guard let object = loaded.object else { return loaded.code }
  return unsafe hand(object, backend, data, size, type)
}

private func readHeader(
  _ size: UnsafeMutablePointer<Int>?, _ type: UnsafeMutablePointer<git_object_t>?,
  _ backend: Backend?, _ id: UnsafePointer<git_oid>?
) -> Int32 {
  guard let id = unsafe id else { return GIT_ERROR.rawValue }
  let loaded = unsafe load(backend, ObjectID(id.pointee))
  guard let object = loaded.object else { return loaded.code }
  unsafe size?.pointee = object.bytes.count
  unsafe type?.pointee = object.kind.libgit2
  return 0
}

private func readPrefix(
  _ found: UnsafeMutablePointer<git_oid>?,
  _ data: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ size: UnsafeMutablePointer<Int>?,
  _ type: UnsafeMutablePointer<git_object_t>?, _ backend: Backend?, _ id: UnsafePointer<git_oid>?,
  _ digits: Int
) -> Int32 {
  let code = unsafe existsPrefix(found, backend, id, digits)
  guard code == 0 else { return code }
  return unsafe read(data, size, type, backend, found)
}

private func exists(_ backend: Backend?, _ id: UnsafePointer<git_oid>?) -> Int32 {
  guard let folder = unsafe folder(of: backend), let id = unsafe id else { return 0 }
  return folder.contains(ObjectID(unsafe id.pointee)) ? 1 : 0
}

private func existsPrefix(
  _ found: UnsafeMutablePointer<git_oid>?, _ backend: Backend?, _ id: UnsafePointer<git_oid>?,
  _ digits: Int
) -> Int32 {
  guard let folder = unsafe folder(of: backend), let id = unsafe id else {
    return GIT_ERROR.rawValue
  }
  let prefix = String(Hex.encode(ObjectID(unsafe id.pointee).bytes).prefix(max(digits, 0)))
  let matches = folder.ids(beginningWith: prefix)
  guard let match = matches.first else { return GIT_ENOTFOUND.rawValue }
  guard matches.count == 1 else { return GIT_EAMBIGUOUS.rawValue }
  unsafe found?.pointee = match.libgit2
  return 0
}

private func release(_ backend: Backend?) {
  guard let backend = unsafe backend else { return }
  let whole = unsafe UnsafeMutableRawPointer(backend)
    .assumingMemoryBound(to: certwright_loose_backend.self)
  unsafe Glibc.free(whole.pointee.folder)
  unsafe Glibc.free(whole)
}
