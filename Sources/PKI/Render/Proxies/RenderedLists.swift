import Synchronization

/// A list of identities as one software reads it.
struct RenderedList: Sendable {
  let content: SharedContent
  /// How many certificates are on it.
  let count: Int
  /// The bytes that nginx needs in `map_hash_bucket_size` for the longest string; 0 where there
  /// is no such hash.
  let longestKey: Int

  init(_ text: String, count: Int, longestKey: Int = 0) {
    content = SharedContent(Array(text.utf8))
    self.count = count
    self.longestKey = longestKey
  }
}

/// What was rendered of the lists that several proxies have, so that each is rendered once.
///
/// It changes nothing but the time that rendering takes: a list's file follows from the key and from
/// the accepted certificates, and one memory serves views of the same certificates only.
package final class RenderedLists: Sendable {
  private struct Key: Hashable {
    let list: NameList
    let issuers: [String]
    let software: ProxySoftware
  }

  /// The lists that are worth remembering.
  private let shared: Set<NameList>
  private let rendered = Mutex<[Key: RenderedList]>([:])

  /// - Parameter shared: the lists that stand in more than one place.
  package init(shared: Set<NameList> = []) {
    self.shared = shared
  }

  func list(
    _ list: NameList, _ issuers: [String], for software: ProxySoftware,
    render: () -> RenderedList
  ) -> RenderedList {
    guard shared.contains(list) else { return render() }
    let key = Key(list: list, issuers: issuers, software: software)
    if let known = rendered.withLock({ $0[key] }) { return known }
    let made = render()
    rendered.withLock { $0[key] = made }
    return made
  }
}

extension ProxyView {
  /// A declared list as the view's software reads it.
  func rendered(
    _ list: IdentityList, _ issuers: [String], _ form: PrintedName.Form,
    as render: ([IdentityList.Entry]) -> RenderedList
  ) -> RenderedList {
    lists.list(list.names, issuers, for: proxy.software) {
      render(list.entries(in: self, issuers, form))
    }
  }
}
