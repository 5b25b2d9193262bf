import Glibc
import PKI

/// Writes a file with a secret in it: for its owner alone, whole or not at all.
package enum SecretFile {
  /// - Parameter replaces: whether a file that is there may be replaced; a link never is followed.
  package static func write(
    _ bytes: [UInt8], to path: String, replaces: Bool
  ) throws(ReconcileError) {
    // A new file under a name of its own, so that a full disk leaves what was there before.
    let staging = replaces ? "\(path).\(getpid()).new" : path
    let descriptor = unsafe open(
      staging, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST, !replaces {
        throw .invalid("\"\(path)\" is there already", hint: "--force replaces it")
      }
      throw failure("create", staging)
    }
    do throws(ReconcileError) {
      try fill(descriptor, with: bytes, staging)
      if replaces, unsafe rename(staging, path) != 0 { throw failure("replace", path) }
    } catch {
      _ = unsafe unlink(staging)
      throw error
    }
  }

  private static func fill(
    _ descriptor: Int32, with bytes: [UInt8], _ path: String
  ) throws(ReconcileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = failure("write", path)
        close(descriptor)
        throw error
      }
      rest = rest.dropFirst(count)
    }
    // The umask may have taken the owner's rights away, and never adds others'.
    let isSafe = fchmod(descriptor, 0o600) == 0 && fsync(descriptor) == 0
    let error = isSafe ? nil : failure("write", path)
    guard close(descriptor) == 0, error == nil else { throw error ?? failure("write", path) }
  }

  private static func failure(_ operation: String, _ path: String) -> ReconcileError {
    .invalid(
      "cannot \(operation) \"\(path)\": \(unsafe String(cString: strerror(errno)))", hint: nil)
  }
}
