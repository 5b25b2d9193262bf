/// Says where in few words: a whole listener instead of its routes, a whole proxy instead of its
/// listeners.
struct AccessPlaces {
  private static let shown = 6

  private let doors: [AccessListenerID: Int]
  private let listeners: [Name: Int]
  /// Listeners whose port is not theirs alone.
  private let addressed: Set<AccessListenerID>

  init(_ doors: [AccessDoor]) {
    self.doors = Dictionary(doors.map { ($0.listener, 1) }, uniquingKeysWith: +)
    let ids = self.doors.keys
    listeners = Dictionary(ids.map { ($0.proxy, 1) }, uniquingKeysWith: +)
    addressed = Set(
      ids.filter { id in
        ids.contains { $0.proxy == id.proxy && $0.port == id.port && $0 != id }
      })
  }

  /// Every route by its own name.
  func routes(_ some: [AccessDoor]) -> String {
    AccessChange.list(
      some.sorted().map {
        $0.listener.text(isAddressed: addressed.contains($0.listener)) + $0.path
      }, "routes", shown: Self.shown)
  }

  /// - Parameter some: in order.
  func text(_ some: [AccessDoor]) -> String {
    var words: [String] = []
    let byProxy = Dictionary(grouping: some, by: \.listener.proxy)
    for (proxy, doors) in byProxy.sorted(by: { $0.key < $1.key }) {
      let byListener = Dictionary(grouping: doors, by: \.listener)
      let whole = byListener.filter { $0.value.count == self.doors[$0.key] }
      if whole.count == listeners[proxy], whole.count > 1 {
        words.append("all of \(proxy)")
        continue
      }
      for (id, doors) in byListener.sorted(by: { $0.key < $1.key }) {
        let text = id.text(isAddressed: addressed.contains(id))
        words += whole[id] == nil ? doors.map { text + $0.path } : [text]
      }
    }
    return AccessChange.list(words, "places", shown: Self.shown)
  }
}
