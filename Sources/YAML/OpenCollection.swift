import PKI

/// A sequence or mapping whose end was not read yet.
struct OpenCollection {
  enum Kind: String {
    case sequence
    case mapping
  }

  let kind: Kind
  let place: Place
  /// Whether this is the key of the mapping around it, which was reported and leaves no trace.
  var isRefusedKey = false

  /// Whether what comes next is a key. Stored, so that asking does not copy the whole value.
  private(set) var expectsKey: Bool

  private var items: [Node] = []
  private var entries: [Node.Entry] = []
  private var keys = KeyPlaces()
  /// The key whose value comes next, or nothing when it was refused.
  private var key: Node.Scalar?

  init(_ kind: Kind, _ place: Place) {
    self.kind = kind
    self.place = place
    expectsKey = kind == .mapping
  }

  var node: Node {
    switch kind {
    case .sequence: .sequence(items, place)
    case .mapping: .mapping(entries, place)
    }
  }

  func firstPlace(of key: String) -> Place? { keys.place(of: key, in: entries) }

  mutating func beginEntry(_ key: Node.Scalar) {
    self.key = key
    expectsKey = false
  }

  /// The key was refused: its value is read and forgotten.
  mutating func skipEntry() {
    key = nil
    expectsKey = false
  }

  mutating func append(_ node: consuming Node) {
    guard kind == .mapping else {
      items.append(node)
      return
    }
    if let key {
      entries.append(Node.Entry(key: key, value: node))
      keys.add(key)
    }
    expectsKey = true
  }
}

/// Finds the earlier entry of the same key: by looking at all keys of a small mapping, which nearly
/// all are, and with a hash table for large ones, so that time never grows with the square.
///
/// Keys are the same when Swift's strings are, which is Unicode canonical equivalence: keys that
/// look alike in a review count as duplicates even if their bytes differ.
private struct KeyPlaces {
  private static let scanLimit = 16
  private var places: [String: Place] = [:]

  func place(of key: String, in entries: [Node.Entry]) -> Place? {
    for entry in entries.prefix(Self.scanLimit) where entry.key.text == key {
      return entry.key.place
    }
    return places.isEmpty ? nil : places[key]
  }

  private var scanned = 0

  mutating func add(_ key: Node.Scalar) {
    if scanned < Self.scanLimit {
      scanned += 1
    } else {
      places[key.text] = key.place
    }
  }
}
