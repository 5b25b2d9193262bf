import COpenSSL
import Glibc

/// An open folder that its owner alone can use. Everything below is reached through it, one
/// segment at a time, so that a symbolic link is never followed.
struct PrivateFolder: ~Copyable {
  let descriptor: Int32
  /// For people.
  let path: String

  private static let folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

  /// Opens the folder at a path; nil when there is none.
  static func existing(_ path: String) throws(KeyStoreError) -> PrivateFolder? {
    let descriptor = unsafe open(path, folderFlags)
    if descriptor < 0, errno == ENOENT { return nil }
    return try checked(descriptor, path)
  }

  private static func checked(
    _ descriptor: Int32, _ path: String
  ) throws(KeyStoreError) -> PrivateFolder {
    guard descriptor >= 0 else { throw failure("open", path, expected: "a folder") }
    let folder = PrivateFolder(descriptor: descriptor, path: path)
    try check(descriptor, path, isFolder: true)
    return folder
  }

  deinit { close(descriptor) }

  /// Opens the folder at a path, and makes it and the folders above it when they are missing.
  static func make(_ path: String) throws(KeyStoreError) -> PrivateFolder {
    if let folder = try PrivateFolder.existing(path) { return folder }
    var length = path.utf8.startIndex
    while length != path.utf8.endIndex {
      length = path.utf8.index(after: length)
      guard length == path.utf8.endIndex || path.utf8[length] == UInt8(ascii: "/") else { continue }
      let part = String(path[..<length])
      if unsafe mkdir(part, 0o700) == 0 {
        try synchronizeParent(of: part)
      } else if errno != EEXIST {
        throw failure("make the folder", part)
      }
    }
    guard let folder = try PrivateFolder.existing(path) else { throw failure("open", path) }
    return folder
  }

  /// The folder above may belong to others: it is flushed and not checked.
  private static func synchronizeParent(of path: String) throws(KeyStoreError) {
    let slash = path.lastIndex(of: "/")
    let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", parent) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("write", parent) }
  }

  /// The folder of this name inside; nil when there is none.
  func folder(_ name: String) throws(KeyStoreError) -> PrivateFolder? {
    let child = unsafe openat(descriptor, name, Self.folderFlags)
    if child < 0, errno == ENOENT { return nil }
    return try PrivateFolder.checked(child, "\(path)/\(name)")
  }

  /// The folder of this name inside, made when it is missing.
  func makingFolder(_ name: String) throws(KeyStoreError) -> PrivateFolder {
    guard let made = try makingPassingFolder(name) else {
      throw Self.failure("open", "\(path)/\(name)")
    }
    return made
  }

  /// ``makingFolder(_:)`` for a name that another process may sweep away at once: nil when it did.
  func makingPassingFolder(_ name: String) throws(KeyStoreError) -> PrivateFolder? {
    _ = try makeFolder(name)
    return try folder(name)
  }

  /// Makes a folder inside; answers false when the name is taken, by whatever it may be.
  func makeFolder(_ name: String) throws(KeyStoreError) -> Bool {
    if unsafe mkdirat(descriptor, name, 0o700) == 0 { return true }
    guard errno == EEXIST else { throw Self.failure("make the folder", "\(path)/\(name)") }
    return false
  }

  /// Whether an ordinary file has this name.
  func isFile(_ name: String) -> Bool {
    var status = stat()
    return unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      && status.st_mode & S_IFMT == S_IFREG
  }

  /// The bytes of a file that its owner alone can read; nil when there is none.
  func read(_ name: String, limit: Int = 1 << 20) throws(KeyStoreError) -> [UInt8]? {
    let full = "\(path)/\(name)"
    let file = unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    if file < 0, errno == ENOENT { return nil }
    guard file >= 0 else { throw Self.failure("read", full, expected: "a file") }
    defer { close(file) }
    let size = try Self.check(file, full, isFolder: false)
    guard size <= limit else { throw .key(path: full, .damaged("it has \(size) bytes")) }
    var bytes = [UInt8](repeating: 0, count: size)
    var position = 0
    while position < size {
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe Glibc.read(file, $0.baseAddress.map { unsafe $0 + position }, size - position)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure("read", full) }
      guard count > 0 else { break }
      position += count
    }
    return bytes
  }

  /// Writes a new file that must not exist yet.
  func write(
    _ name: String, _ bytes: borrowing SecretBytes, synchronize: Bool
  ) throws(KeyStoreError) {
    let full = "\(path)/\(name)"
    let file = unsafe openat(
      descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.failure("write", full) }
    defer { close(file) }
    var position = 0
    while position < bytes.count {
      let count = unsafe bytes.withBytes {
        unsafe Glibc.write(file, $0.baseAddress.map { unsafe $0 + position }, $0.count - position)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure("write", full) }
      position += count
    }
    guard !synchronize || fsync(file) == 0 else { throw Self.failure("write", full) }
  }

  /// Gives a file of this folder a name in another one, which must be free. A plain rename replaces
  /// what is there; file systems that have no other get a link instead.
  func move(
    _ name: String, to folder: borrowing PrivateFolder, as target: String
  ) throws(KeyStoreError) {
    if unsafe certwright_rename_new(descriptor, name, folder.descriptor, target) == 0 { return }
    guard [EINVAL, ENOSYS, ENOTSUP].contains(errno) else {
      throw Self.failure("write", "\(folder.path)/\(target)")
    }
    guard unsafe linkat(descriptor, name, folder.descriptor, target, 0) == 0 else {
      throw Self.failure("write", "\(folder.path)/\(target)")
    }
    try remove(name)
  }

  func remove(_ name: String, isFolder: Bool = false) throws(KeyStoreError) {
    guard unsafe unlinkat(descriptor, name, isFolder ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT
    else { throw Self.failure("remove", "\(path)/\(name)") }
  }

  /// Makes the names inside survive a power cut.
  func synchronize() throws(KeyStoreError) {
    guard fsync(descriptor) == 0 else { throw Self.failure("write", path) }
  }

  /// Makes everything that was written to this file system survive a power cut.
  func synchronizeFileSystem() throws(KeyStoreError) {
    guard certwright_syncfs(descriptor) == 0 else { throw Self.failure("write", path) }
  }

  /// Whether this process is now the only one to use the folder; it stays so until it is closed.
  func lock() -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// The names inside, sorted.
  func names() throws(KeyStoreError) -> [String] {
    var names: [String] = []
    try visit { name throws(KeyStoreError) in
      names.append(name)
      return true
    }
    return names.sorted()
  }

  /// Calls the body with every name inside, in no order, until it answers false.
  func visit(_ body: (String) throws(KeyStoreError) -> Bool) throws(KeyStoreError) {
    let copy = unsafe openat(descriptor, ".", Self.folderFlags)
    guard copy >= 0, let stream = unsafe fdopendir(copy) else { throw Self.failure("list", path) }
    defer { unsafe closedir(stream) }
    errno = 0
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != "..", try !body(name) { return }
      errno = 0
    }
    guard errno == 0 else { throw Self.failure("list", path) }
  }

  /// Checks owner and mode of what was opened, not of what a name says.
  @discardableResult
  private static func check(
    _ descriptor: Int32, _ path: String, isFolder: Bool
  ) throws(KeyStoreError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("inspect", path) }
    guard status.st_mode & S_IFMT == (isFolder ? S_IFDIR : S_IFREG) else {
      throw .notRegular(path: path, expected: isFolder ? "a folder" : "a file")
    }
    guard status.st_uid == geteuid() else {
      throw .foreignOwner(path: path, owner: status.st_uid)
    }
    guard status.st_mode & 0o077 == 0 else {
      throw .exposed(path: path, mode: status.st_mode & 0o7777, isFolder: isFolder)
    }
    return Int(status.st_size)
  }

  private static func failure(
    _ operation: String, _ path: String, expected: String? = nil
  ) -> KeyStoreError {
    let code = errno
    if let expected, code == ELOOP || code == ENOTDIR || code == ENXIO {
      return .notRegular(path: path, expected: expected)
    }
    let reason = unsafe String(cString: strerror(code))
    return .system(operation: operation, path: path, code: code, reason: reason)
  }
}
