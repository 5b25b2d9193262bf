import Dispatch
import Synchronization

/// Spreads work over two cores behind a call that returns when all is done.
package enum Workers {
  /// Calls `body` with stretches of `0..<count`, and joins what it answers in order. The error of
  /// the first stretch that failed is thrown.
  package static func map<Element: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Range<Int>) throws(Failure) -> [Element]
  ) throws(Failure) -> [Element] {
    guard count > 1 else { return try body(0..<count) }
    let middle = count / 2
    let halves = Mutex<[Result<[Element], Failure>?]>([nil, nil])
    DispatchQueue.concurrentPerform(iterations: 2) { half in
      let range = half == 0 ? 0..<middle : middle..<count
      let result = Result { () throws(Failure) in try body(range) }
      halves.withLock { $0[half] = result }
    }
    var joined: [Element] = []
    for half in halves.withLock({ $0 }) {
      if let half { joined += try half.get() }
    }
    return joined
  }
}
