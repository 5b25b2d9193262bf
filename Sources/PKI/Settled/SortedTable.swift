/// Rows of one width, sorted by their first eight bytes: found by halving, without being unpacked.
struct SortedTable: Hashable, Sendable {
  /// The bytes of a row, its key included.
  let width: Int
  let bytes: ArraySlice<UInt8>

  private init(width: Int, bytes: [UInt8]) {
    self.width = width
    self.bytes = bytes[...]
  }

  init?(width: Int, bytes: ArraySlice<UInt8>) {
    guard width >= 8, bytes.count.isMultiple(of: width) else { return nil }
    self.width = width
    self.bytes = bytes
  }

  init(_ list: RowList) {
    width = list.width
    let rows = (0..<list.count).map {
      (key: list.row($0).bigEndian(at: 0, UInt64.self), number: $0)
    }
    .sorted { first, second in
      first.key != second.key
        ? first.key < second.key
        : list.row(first.number).lexicographicallyPrecedes(list.row(second.number))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(list.bytes.count)
    for row in rows { bytes += list.row(row.number) }
    self.bytes = bytes[...]
  }

  var count: Int { bytes.count / width }

  func row(_ index: Int) -> ArraySlice<UInt8> {
    let start = bytes.startIndex + index * width
    return bytes[start..<start + width]
  }

  func key(_ index: Int) -> UInt64 { row(index).bigEndian(at: 0, UInt64.self) }

  /// How many rows have a smaller key.
  func count(below key: UInt64) -> Int { countOfFirst { self.key($0) < key } }

  /// How many rows stand before this one, in the order of all their bytes.
  private func count(before row: ArraySlice<UInt8>) -> Int {
    countOfFirst { self.row($0).lexicographicallyPrecedes(row) }
  }

  /// How many rows meet a condition that the first ones meet and no later ones, by halving.
  private func countOfFirst(_ meets: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if meets(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The table without some rows, as far as it has them, and with others.
  func replacing(_ old: RowList, with new: RowList) -> SortedTable {
    var removed: Set<Int> = []
    for row in old.rows {
      var number = count(before: row)
      while removed.contains(number) { number += 1 }
      if number < count, self.row(number).elementsEqual(row) { removed.insert(number) }
    }
    var rest: [UInt8] = []
    rest.reserveCapacity(bytes.count + new.bytes.count)
    var next = 0
    let stops =
      removed.map { (number: $0, row: ArraySlice<UInt8>?.none) }
      + new.rows.map { (number: count(before: $0), row: $0) }
    // A row is put before the row that it precedes, which may itself be one to be left out.
    for (number, row) in stops.sorted(by: Self.isBefore) {
      rest += rows(next..<number)
      next = max(next, number)
      if let row { rest += row } else { next = number + 1 }
    }
    rest += rows(next..<count)
    return SortedTable(width: width, bytes: rest)
  }

  private static func isBefore(
    _ first: (number: Int, row: ArraySlice<UInt8>?),
    _ second: (number: Int, row: ArraySlice<UInt8>?)
  ) -> Bool {
    guard first.number == second.number else { return first.number < second.number }
    guard let row = first.row, let other = second.row else {
      return first.row != nil && second.row == nil
    }
    return row.lexicographicallyPrecedes(other)
  }

  private func rows(_ range: Range<Int>) -> ArraySlice<UInt8> {
    bytes[
      (bytes.startIndex + range.lowerBound * width)..<(bytes.startIndex + range.upperBound * width)]
  }

  /// Every row with this key.
  func rows(for key: UInt64) -> [ArraySlice<UInt8>] {
    var rows: [ArraySlice<UInt8>] = []
    var index = count(below: key)
    while index < count, self.key(index) == key {
      rows.append(row(index))
      index += 1
    }
    return rows
  }
}

/// Rows of one width, in any order.
struct RowList {
  let width: Int
  var bytes: [UInt8] = []

  var count: Int { bytes.count / width }

  func row(_ index: Int) -> ArraySlice<UInt8> { bytes[index * width..<(index + 1) * width] }

  var rows: [ArraySlice<UInt8>] { (0..<count).map(row) }

  mutating func append(_ key: UInt64) { bytes.append(bigEndian: key) }

  mutating func append(_ key: UInt64, _ value: some FixedWidthInteger) {
    bytes.append(bigEndian: key)
    bytes.append(bigEndian: value)
  }
}

extension ArraySlice<UInt8> {
  /// A number at an offset from the start, most significant byte first; bytes beyond the end count
  /// as zeros.
  func bigEndian<Number: FixedWidthInteger>(at offset: Int, _: Number.Type) -> Number {
    var number: Number = 0
    for index in 0..<Number.bitWidth / 8 {
      let place = startIndex + offset + index
      number = number << 8 | Number(truncatingIfNeeded: place < endIndex ? self[place] : 0)
    }
    return number
  }
}

/// The Fowler-Noll-Vo hash of a text (FNV-1a, 64 bits): the same in every process, and no protection.
/// Whoever makes two texts collide has one looked at beside the other, and nothing else.
enum StableHash {
  static func of(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }
}
