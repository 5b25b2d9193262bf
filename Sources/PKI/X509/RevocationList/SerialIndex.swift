/// The serial numbers of a list in ascending order, as places in its bytes: 8 bytes an entry.
struct SerialIndex {
  private let bytes: [UInt8]
  /// Start and length of each magnitude, packed: the start times 32 plus the length, which is at
  /// most 20.
  private let places: [Int]

  init(_ list: RevocationListFacts) {
    var places: [Int] = []
    places.reserveCapacity(list.count)
    var isAscending = true
    let bytes = list.der
    list.forEachEntry { entry in
      let place = entry.serial.lowerBound << 5 | min(entry.serial.count, 31)
      if isAscending, let last = places.last, !Self.precedes(last, place, bytes) {
        isAscending = false
      }
      places.append(place)
      return true
    }
    // certwright's own lists are sorted already.
    if !isAscending { places.sort { Self.precedes($0, $1, bytes) } }
    self.bytes = bytes
    self.places = places
  }

  private static func range(_ place: Int) -> Range<Int> {
    place >> 5..<(place >> 5) + (place & 31)
  }

  private static func precedes(_ left: Int, _ right: Int, _ bytes: [UInt8]) -> Bool {
    compare(bytes, range(left), bytes, range(right)) < 0
  }

  /// Shorter magnitudes are smaller; none has leading zeros.
  private static func compare(
    _ left: [UInt8], _ leftRange: Range<Int>, _ right: [UInt8], _ rightRange: Range<Int>
  ) -> Int {
    guard leftRange.count == rightRange.count else { return leftRange.count - rightRange.count }
    for offset in 0..<leftRange.count {
      let difference =
        Int(left[leftRange.lowerBound + offset]) - Int(right[rightRange.lowerBound + offset])
      if difference != 0 { return difference }
    }
    return 0
  }

  private func serial(at index: Int) -> SerialNumber? {
    SerialNumber(in: bytes, at: Self.range(places[index]))
  }

  /// Whether the list has a serial, by halving.
  func contains(_ serial: SerialNumber) -> Bool {
    var range = places.indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      guard let other = self.serial(at: middle) else { return false }
      if other == serial { return true }
      range =
        other < serial ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return false
  }

  /// The serials that occur more than once, each named once.
  var duplicates: [SerialNumber] {
    var found: [SerialNumber] = []
    for index in places.indices.dropFirst()
    where !Self.precedes(places[index - 1], places[index], bytes) {
      if let serial = serial(at: index), found.last != serial { found.append(serial) }
    }
    return found
  }

  /// The serials of this list that another one lacks, by one walk over both.
  func missing(in other: SerialIndex) -> [SerialNumber] {
    var found: [SerialNumber] = []
    var position = 0
    for (index, place) in places.enumerated() {
      let wanted = Self.range(place)
      func order(_ position: Int) -> Int {
        Self.compare(other.bytes, Self.range(other.places[position]), bytes, wanted)
      }
      while position < other.places.count, order(position) < 0 { position += 1 }
      if position == other.places.count || order(position) != 0, let serial = serial(at: index) {
        found.append(serial)
      }
    }
    return found
  }
}
