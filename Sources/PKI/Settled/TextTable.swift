/// Texts by their numbers from 0, found without being unpacked.
struct TextTable: Hashable, Sendable {
  /// Where each text ends, four bytes each.
  private(set) var ends: ArraySlice<UInt8>
  private(set) var texts: ArraySlice<UInt8>

  init(ends: ArraySlice<UInt8>, texts: ArraySlice<UInt8>) {
    self.ends = ends
    self.texts = texts
  }

  init(_ values: [String]) {
    self = TextTable(ends: [], texts: []).adding(values)
  }

  var count: Int { ends.count / 4 }

  subscript(number: Int) -> String? {
    guard number >= 0, number < count else { return nil }
    let start = number == 0 ? 0 : end(number - 1)
    let end = end(number)
    guard start <= end, end <= texts.count else { return nil }
    return String(
      decoding: texts[(texts.startIndex + start)..<(texts.startIndex + end)], as: UTF8.self)
  }

  private func end(_ number: Int) -> Int {
    Int(ends.bigEndian(at: 4 * number, UInt32.self))
  }

  /// The table with more texts at its end.
  func adding(_ values: [String]) -> TextTable {
    guard !values.isEmpty else { return self }
    var (ends, texts) = (Array(ends), Array(texts))
    for value in values {
      texts += value.utf8
      ends.append(bigEndian: UInt32(clamping: texts.count))
    }
    return TextTable(ends: ends[...], texts: texts[...])
  }
}
