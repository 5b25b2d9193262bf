import Parallel
import Synchronization
import Testing

@Suite struct WorkersTests {
  private struct Fault: Error, Equatable {
    let index: Int
  }

  /// Belongs to one worker.
  private struct Counter: ~Copyable {
    var count = 0
  }

  @Test(arguments: [0, 1, 2, 3, 31, 1_000, 100_000])
  func `all is done once and answered in order`(_ count: Int) {
    let done = Workers.map(count) { Array($0) }
    #expect(done == Array(0..<count))
  }

  @Test(arguments: [1, 7, 5_000])
  func `progress only grows and ends with everything`(_ count: Int) {
    let seen = Mutex<[Int]>([])
    let answers = Workers.map(
      count, each: { Counter() }, progress: { done in seen.withLock { $0.append(done) } },
      { counter, range in
        counter.count += range.count
        return range.map { $0 * 2 }
      })
    #expect(answers.count == count)
    let steps = seen.withLock { $0 }
    #expect(steps == Set(steps).sorted())
    #expect(steps.last == count)
  }

  @Test func `the first error counts, whoever was faster`() {
    for _ in 0..<20 {
      #expect(throws: Fault(index: 700)) {
        try Workers.map(1_000) { range throws(Fault) in
          for index in range where index >= 700 { throw Fault(index: index) }
          return [0]
        }
      }
    }
  }

  @Test func `a worker that cannot begin is an error`() {
    #expect(throws: Fault(index: 1)) {
      try Workers.map(
        10, each: { () throws(Fault) -> Int in throw Fault(index: 1) },
        { _, range throws(Fault) in Array(range) })
    }
  }
}
