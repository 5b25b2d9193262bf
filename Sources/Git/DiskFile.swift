import Glibc

/// Reading and durable writing of whole files.
enum DiskFile {
  /// The bytes of a file; nil when nothing has this name.
  ///
  /// - Throws: a system error for everything but absence, also for files beyond `limit` bytes and
  ///   for what is not a regular file.
  static func read(_ path: String, limit: Int, follow: Bool = true) throws(GitError) -> [UInt8]? {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW)
    let descriptor = unsafe open(path, flags)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw systemError("open", path)
    }
    defer { close(descriptor) }
    return try read(descriptor, path, limit: limit)
  }

  private static func read(
    _ descriptor: Int32, _ path: String, limit: Int
  ) throws(GitError) -> [UInt8] {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw systemError("examine", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .system(operation: "read", path: path, number: EINVAL, reason: "not a regular file")
    }
    guard status.st_size <= limit else {
      throw .system(
        operation: "read", path: path, number: EFBIG, reason: "larger than \(limit) bytes")
    }
    // One byte more than there should be: a file that grows meanwhile shows itself.
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
    var length = 0
    while length < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(
          descriptor, buffer.baseAddress?.advanced(by: length), buffer.count - length)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError("read", path)
      }
      if count == 0 { break }
      length += count
    }
    guard length < bytes.count else {
      throw .system(operation: "read", path: path, number: EAGAIN, reason: "it grew meanwhile")
    }
    bytes.removeSubrange(length...)
    return bytes
  }

  /// How many bytes a file has, and when it was last written, for telling newer from older ones.
  static func status(
    of path: String
  ) throws(GitError) -> (size: Int, modified: (seconds: Int, nanoseconds: Int)) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw systemError("examine", path) }
    return (Int(status.st_size), (status.st_mtim.tv_sec, status.st_mtim.tv_nsec))
  }

  private static let bufferSize = 1 << 18

  /// Creates a file that did not exist, writes it and makes its content durable. The name becomes
  /// durable with ``syncFolder(_:)``.
  static func create(
    _ path: String, mode: mode_t, parts: [ArraySlice<UInt8>]
  ) throws(GitError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw systemError("create", path) }
    defer { close(descriptor) }
    do throws(GitError) {
      // A hundred thousand small parts are few calls.
      var buffer: [UInt8] = []
      buffer.reserveCapacity(bufferSize)
      for part in parts {
        if buffer.count + part.count > bufferSize {
          try write(buffer[...], to: descriptor, path)
          buffer.removeAll(keepingCapacity: true)
        }
        if part.count < bufferSize {
          buffer += part
        } else {
          try write(part, to: descriptor, path)
        }
      }
      try write(buffer[...], to: descriptor, path)
      guard fsync(descriptor) == 0 else { throw systemError("write", path) }
    } catch {
      _ = unsafe unlink(path)
      throw error
    }
  }

  static func write(
    _ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ path: String
  ) throws(GitError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError("write", path)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes the names in a folder durable.
  static func syncFolder(_ path: String) throws(GitError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemError("write", path) }
  }

  /// The names in a folder, sorted by their bytes; none when there is no such folder.
  static func names(in path: String) throws(GitError) -> [String] {
    guard let folder = unsafe opendir(path) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw systemError("open", path)
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    errno = 0
    while let entry = unsafe readdir(folder) {
      let name = name(of: unsafe entry.pointee)
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw systemError("read", path) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  static func name(of entry: dirent) -> String {
    unsafe withUnsafeBytes(of: entry.d_name) { buffer in
      unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
