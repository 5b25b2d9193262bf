import Dispatch
import Glibc
import Synchronization

/// Spreads work over the machine's cores behind a call that returns when all is done.
///
/// Each worker takes one stretch after the other, in order, until none is left: a stretch that
/// takes long holds nobody up, and what has been done so far is known.
package enum Workers {
  /// How many threads can really work at a time.
  private static let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  /// Stretches a worker gets if all are equally fast.
  private static let stretchesEach = 16
  /// Longer stretches save nothing, and shorter ones show more progress.
  private static let longest = 512

  /// Calls `body` with stretches of `0..<count`, and joins what it answers in order.
  package static func map<Element: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Range<Int>) throws(Failure) -> [Element]
  ) throws(Failure) -> [Element] {
    try map(
      count, each: { () throws(Failure) in Nothing() },
      { _, range throws(Failure) in try body(range) })
  }

  private struct Nothing {}

  /// Calls `body` with stretches of `0..<count`, and joins what it answers in order.
  ///
  /// When a stretch fails, no further one is begun; the error of the first one that failed is
  /// thrown, which is the same whoever was faster.
  ///
  /// - Parameters:
  ///   - make: Makes what a worker keeps for itself from stretch to stretch: handles that belong to
  ///     one thread.
  ///   - progress: Told how many are done, each time more than before, by one thread at a time.
  package static func map<Own: ~Copyable, Element: Sendable, Failure: Error>(
    _ count: Int, each make: @Sendable () throws(Failure) -> Own,
    progress: @Sendable (Int) -> Void = { _ in },
    _ body: @Sendable (inout Own, Range<Int>) throws(Failure) -> [Element]
  ) throws(Failure) -> [Element] {
    guard count > 0 else { return [] }
    let workers = min(cores, count)
    let size = max(1, min(longest, count / (workers * stretchesEach)))
    let queue = Mutex(Stretches<Element, Failure>(count: count, size: size))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      do throws(Failure) {
        var own = try make()
        while let range = queue.withLock({ $0.next() }) {
          let result = Result { () throws(Failure) in try body(&own, range) }
          queue.withLock { $0.finish(range, result, progress) }
        }
      } catch {
        queue.withLock { $0.fail(error) }
      }
    }
    return try queue.withLock { stretches throws(Failure) in try stretches.joined() }
  }
}

/// What has been handed out, and what came back.
private struct Stretches<Element: Sendable, Failure: Error>: Sendable {
  private let count: Int
  private let size: Int
  private var begun = 0
  private var done = 0
  private var parts: [[Element]]
  private var failure: (start: Int, error: Failure)?

  init(count: Int, size: Int) {
    self.count = count
    self.size = size
    parts = Array(repeating: [], count: (count + size - 1) / size)
  }

  mutating func next() -> Range<Int>? {
    guard failure == nil, begun < count else { return nil }
    let range = begun..<min(begun + size, count)
    begun = range.upperBound
    return range
  }

  mutating func finish(
    _ range: Range<Int>, _ result: Result<[Element], Failure>, _ progress: (Int) -> Void
  ) {
    switch result {
    case .success(let part):
      parts[range.lowerBound / size] = part
      done += range.count
      progress(done)
    case .failure(let error):
      if range.lowerBound < failure?.start ?? .max { failure = (range.lowerBound, error) }
    }
  }

  /// Records that a worker could not begin.
  mutating func fail(_ error: Failure) {
    if failure == nil { failure = (.max, error) }
  }

  mutating func joined() throws(Failure) -> [Element] {
    if let failure { throw failure.error }
    var joined: [Element] = []
    joined.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for index in parts.indices {
      joined += parts[index]
      parts[index] = []
    }
    return joined
  }
}
