import Glibc
import PKI

extension SSHSigningKey {
  private static let sizeLimit = 1 << 16

  /// Reads a key file that nobody but its owner may use, as ssh wants it.
  package static func file(_ path: String) throws(KeyStoreError) -> SSHSigningKey {
    var text = try read(path)
    defer { text.wipe() }
    do throws(KeyFormatError) {
      return try SSHSigningKey(pem: text)
    } catch {
      throw .key(path: path, error)
    }
  }

  private static func read(_ path: String) throws(KeyStoreError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("inspect", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notRegular(path: path, expected: "a file")
    }
    guard status.st_uid == geteuid() else {
      throw .foreignOwner(path: path, owner: status.st_uid)
    }
    guard status.st_mode & 0o077 == 0 else {
      throw .exposed(path: path, mode: status.st_mode & 0o7777, isFolder: false)
    }
    let size = Int(status.st_size)
    guard size <= sizeLimit else { throw .key(path: path, .damaged("it has \(size) bytes")) }
    var bytes = [UInt8](repeating: 0, count: size)
    var position = 0
    while position < size {
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress.map { unsafe $0 + position }, size - position)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      guard count > 0 else { break }
      position += count
    }
    return bytes
  }

  private static func failure(_ operation: String, _ path: String) -> KeyStoreError {
    let code = errno
    let reason = unsafe String(cString: strerror(code))
    return .system(operation: operation, path: path, code: code, reason: reason)
  }
}
