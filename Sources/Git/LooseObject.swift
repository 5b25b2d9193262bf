import CLibGit2
import Glibc

/// A loose object, read without libgit2.
///
/// libgit2 spins for ever on a truncated loose object (libgit2#7342) and writes past a heap buffer
/// on one whose header understates its size (libgit2#7177). Both are what a power cut or a hostile
/// neighbour leaves behind, so libgit2 is never let near a loose file.
struct LooseObject {
  let kind: ObjectKind
  let bytes: [UInt8]

  /// The largest object that is read, in bytes: far above any file of desired or published state.
  static let largest = 1 << 28

  /// What can be wrong with the file.
  struct Damage: Error {
    let reason: String
  }

  /// Takes a loose object's file apart. The caller compares the object's id.
  init(file: [UInt8]) throws(Damage) {
    var inflater: Inflater
    do throws(GitError) { inflater = try Inflater() } catch { throw Damage(reason: "\(error)") }
    var start = [UInt8](repeating: 0, count: 64)
    let first = LooseObject.inflate(&inflater, file[...], into: &start, from: 0)
    guard !first.failed else { throw Damage(reason: "its compressed data is corrupt") }
    let header = try LooseObject.header(start[..<first.written])
    // Deflate cannot do better than 1032 to 1: no memory is given to a size that cannot be true.
    guard header.size <= file.count * 1_032 else { throw Damage(reason: "it is truncated") }
    let head = start[header.length..<first.written]
    // One byte more than announced, so that a longer stream shows itself.
    var bytes = [UInt8](repeating: 0, count: max(header.size, head.count) + 1)
    bytes.replaceSubrange(0..<head.count, with: head)
    var (length, consumed, ended) = (head.count, first.consumed, first.ended)
    if !ended {
      let rest = LooseObject.inflate(&inflater, file[consumed...], into: &bytes, from: length)
      guard !rest.failed else { throw Damage(reason: "its compressed data is corrupt") }
      (length, consumed, ended) = (length + rest.written, consumed + rest.consumed, rest.ended)
    }
    guard length <= header.size else { throw Damage(reason: "it is longer than its header says") }
    guard ended, length == header.size else { throw Damage(reason: "it is truncated") }
    guard consumed == file.count else { throw Damage(reason: "it has bytes after its end") }
    bytes.removeSubrange(header.size...)
    kind = header.kind
    self.bytes = bytes
  }

  private static func inflate(
    _ inflater: inout Inflater, _ input: ArraySlice<UInt8>, into output: inout [UInt8],
    from offset: Int
  ) -> Inflater.Progress {
    unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe inflater.inflate(
          input, into: UnsafeMutableRawBufferPointer(rebasing: output[offset...]))
      }
    }
  }

  /// Reads `KIND SP SIZE NUL`.
  private static func header(
    _ bytes: ArraySlice<UInt8>
  ) throws(Damage) -> (kind: ObjectKind, size: Int, length: Int) {
    guard let end = bytes.firstIndex(of: 0),
      let space = bytes[..<end].firstIndex(of: UInt8(ascii: " ")),
      let kind = ObjectKind(name: bytes[..<space])
    else { throw Damage(reason: "it has no valid header") }
    let digits = bytes[bytes.index(after: space)..<end]
    guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy({ (48...57).contains($0) }),
      let size = Int(String(decoding: digits, as: UTF8.self))
    else { throw Damage(reason: "it has no valid header") }
    guard size <= largest else {
      throw Damage(reason: "it has \(size) bytes, more than \(largest)")
    }
    return (kind, size, end + 1)
  }
}
