import COpenSSL

/// Bytes that are wiped before their memory is given back. Swift's arrays are not: they are copied
/// and freed without a trace that could be followed.
@safe
struct SecretBytes: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    unsafe base = .allocate(capacity: self.capacity)
    unsafe base.initialize(repeating: 0, count: self.capacity)
  }

  init(_ bytes: some Collection<UInt8>) {
    self.init(capacity: bytes.count)
    append(bytes)
  }

  deinit {
    unsafe OPENSSL_cleanse(base, capacity)
    unsafe base.deallocate()
  }

  mutating func append(_ bytes: some Collection<UInt8>) {
    let length = bytes.count
    unsafe appendUninitialized(length) { room in
      _ = unsafe room.update(fromContentsOf: bytes)
      return length
    }
  }

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe append($0) }
  }

  /// Appends another secret.
  mutating func append(_ other: borrowing SecretBytes) {
    unsafe other.withBytes { unsafe append($0) }
  }

  /// Lends room for at most `length` further bytes; the closure answers how many it has filled.
  mutating func appendUninitialized<Failure: Error>(
    _ length: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Int
  ) throws(Failure) {
    reserve(length)
    let room = unsafe UnsafeMutableBufferPointer(start: base + count, count: length)
    count += min(max(try unsafe fill(room), 0), length)
  }

  /// The same, for a call that answers something beside the number of bytes; 0 unless it sets it.
  mutating func appendUninitialized(
    _ length: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>, inout Int32) -> Int
  ) -> Int32 {
    var answer: Int32 = 0
    unsafe appendUninitialized(length) { room in unsafe fill(room, &answer) }
    return answer
  }

  func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeBufferPointer(start: base, count: count))
  }

  private mutating func reserve(_ length: Int) {
    guard length > capacity - count else { return }
    let grown = max(capacity * 2, count + length)
    let replacement = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
    unsafe replacement.initialize(repeating: 0, count: grown)
    unsafe replacement.update(from: base, count: count)
    unsafe OPENSSL_cleanse(base, capacity)
    unsafe base.deallocate()
    unsafe base = replacement
    capacity = grown
  }
}

// A value of this type has one owner, and nothing changes it while it is borrowed.
extension SecretBytes: @unchecked Sendable {}
