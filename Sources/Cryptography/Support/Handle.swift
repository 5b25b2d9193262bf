import COpenSSL

/// Owns one object of OpenSSL's and frees it.
@safe
struct Handle: ~Copyable {
  typealias Release = @convention(c) (OpaquePointer?) -> Void

  let pointer: OpaquePointer
  private let release: Release

  /// Takes ownership of what `make` answers; nil is OpenSSL's way to say that it failed.
  init(
    _ operation: @autoclosure () -> String, free release: Release, _ make: () -> OpaquePointer?
  ) throws(OpenSSLError) {
    ERR_clear_error()
    guard let made = unsafe make() else { throw OpenSSLError(draining: operation()) }
    unsafe pointer = made
    unsafe self.release = release
  }

  /// Gives the object away to a call that takes ownership.
  consuming func relinquish() -> OpaquePointer {
    let pointer = unsafe pointer
    discard self
    return unsafe pointer
  }

  deinit {
    unsafe release(pointer)
  }
}
