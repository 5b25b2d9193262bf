/// Walks over the lines of a text as libyaml counts them: ended by LF, CR LF or CR.
struct LineCursor {
  private let bytes: ArraySlice<UInt8>
  private var start: Int
  /// Where the line ends before its line break, and after it.
  private var textEnd: Int
  private(set) var end: Int
  /// Counted from 0.
  private(set) var number = 0

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    start = bytes.startIndex
    textEnd = bytes.startIndex
    end = bytes.startIndex
    findEnd()
  }

  var line: ArraySlice<UInt8> { bytes[start..<textEnd] }

  /// Goes to the next line, which after a final line break is empty. False at the end.
  mutating func advance() -> Bool {
    guard textEnd < end else { return false }
    start = end
    number += 1
    findEnd()
    return true
  }

  /// The mark of a byte of this line; its column counts the scalars before it.
  func mark(ofByte offset: Int) -> Mark {
    let before = bytes[start..<max(start, min(offset, bytes.endIndex))]
    return Mark(line: number, column: before.count { $0 & 0xC0 != 0x80 })
  }

  private mutating func findEnd() {
    let rest = bytes[start...]
    let lineFeed = UInt8(ascii: "\n")
    let carriageReturn = UInt8(ascii: "\r")
    textEnd = rest.firstIndex { $0 == lineFeed || $0 == carriageReturn } ?? bytes.endIndex
    let lineBreak = bytes[textEnd...].prefix(2)
    if lineBreak.elementsEqual([carriageReturn, lineFeed]) {
      end = textEnd + 2
    } else {
      end = min(textEnd + 1, bytes.endIndex)
    }
  }
}
