import CLibGit2

/// Inflates one zlib stream into memory of a known size.
///
/// The stream lives on the heap because zlib keeps a pointer to it and refuses a copy.
@safe
struct Inflater: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(GitError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe certwright_inflate_init(stream) == Z_OK else {
      unsafe stream.deallocate()
      throw .library(operation: "start zlib", code: Z_MEM_ERROR, reason: "out of memory")
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// What `inflate` came to.
  struct Progress {
    /// Bytes written into the output.
    let written: Int
    /// Input bytes used up.
    let consumed: Int
    let ended: Bool
    let failed: Bool
  }

  /// Inflates as much of `input` as fits into `output`; call again to go on.
  ///
  /// It never loops: a stream that ends early leaves `ended` false and writes less than asked.
  mutating func inflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Progress {
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.bindMemory(to: UInt8.self).baseAddress)
    unsafe stream.pointee.avail_in = uInt(clamping: input.count)
    unsafe stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    unsafe stream.pointee.avail_out = uInt(clamping: output.count)
    let code = unsafe CLibGit2.inflate(stream, Z_SYNC_FLUSH)
    return unsafe Progress(
      written: Int(uInt(clamping: output.count) - stream.pointee.avail_out),
      consumed: Int(uInt(clamping: input.count) - stream.pointee.avail_in),
      ended: code == Z_STREAM_END,
      failed: code != Z_STREAM_END && code != Z_OK && code != Z_BUF_ERROR)
  }
}

extension Inflater {
  /// What a stream that stands at the beginning of some bytes holds; nil when it is not exactly of
  /// the size that is expected.
  static func inflated(_ bytes: ArraySlice<UInt8>, size: Int) throws(GitError) -> [UInt8]? {
    // Deflate cannot do better than 1032 to 1: no memory is given to a size that cannot be true.
    guard size <= bytes.count * 1_032 else { return nil }
    var inflater = try Inflater()
    // One byte more than announced, so that a longer stream shows itself.
    var output = [UInt8](repeating: 0, count: size + 1)
    let progress = unsafe bytes.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe inflater.inflate(input, into: output)
      }
    }
    guard progress.ended, !progress.failed, progress.written == size,
      progress.consumed == bytes.count
    else { return nil }
    output.removeLast()
    return output
  }
}

/// Deflates many small byte strings, each into a zlib stream of its own.
@safe
struct Deflater: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>

  /// `level` is zlib's, 0 (store) to 9 (smallest).
  init(level: Int32) throws(GitError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe certwright_deflate_init(stream, min(max(level, 0), 9)) == Z_OK else {
      unsafe stream.deallocate()
      throw .library(operation: "start zlib", code: Z_MEM_ERROR, reason: "out of memory")
    }
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends the compressed form of `bytes` to `output`.
  mutating func deflate(_ bytes: [UInt8], to output: inout [UInt8]) throws(GitError) {
    guard bytes.count <= Int(uInt.max) else {
      throw .library(operation: "compress", code: Z_DATA_ERROR, reason: "larger than 4 GiB")
    }
    unsafe deflateReset(stream)
    let bound = Int(unsafe deflateBound(stream, uLong(bytes.count)))
    let compressed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      unsafe bytes.withUnsafeBufferPointer { input in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = uInt(input.count)
        unsafe stream.pointee.next_out = buffer.baseAddress
        unsafe stream.pointee.avail_out = uInt(clamping: buffer.count)
        let code = unsafe CLibGit2.deflate(stream, Z_FINISH)
        let written = unsafe buffer.count - Int(stream.pointee.avail_out)
        count = code == Z_STREAM_END ? written : 0
      }
    }
    guard !compressed.isEmpty else {
      throw .library(operation: "compress", code: Z_BUF_ERROR, reason: "zlib gave nothing")
    }
    output.append(contentsOf: compressed)
  }
}

/// The CRC-32 of bytes, as pack indexes keep it for every entry.
func crc32(of bytes: [UInt8]) -> UInt32 {
  unsafe bytes.withUnsafeBufferPointer { buffer in
    UInt32(truncatingIfNeeded: unsafe crc32_z(0, buffer.baseAddress, buffer.count))
  }
}
