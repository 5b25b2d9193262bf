import Dispatch
import Synchronization

/// Spreads work without side effects over the machine's cores, behind a call that returns when all
/// is done.
enum ParallelMap {
  private static let stretches = 8

  /// What the body makes of every element, in order.
  static func map<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ body: @Sendable (ArraySlice<Element>) -> [Value]
  ) -> [Value] {
    guard elements.count >= stretches * 4 else { return body(elements[...]) }
    let size = (elements.count + stretches - 1) / stretches
    let parts = Mutex([[Value]](repeating: [], count: stretches))
    DispatchQueue.concurrentPerform(iterations: stretches) { index in
      let start = min(index * size, elements.count)
      let part = body(elements[start..<min(start + size, elements.count)])
      parts.withLock { $0[index] = part }
    }
    return parts.withLock { $0 }.flatMap(\.self)
  }
}
